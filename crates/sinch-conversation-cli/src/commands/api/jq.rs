//! Expressions of jq.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use serde_json::Value;

use crate::error::{Exit, Failure};

/// A compiled expression.
pub(super) struct Filter(jaq_core::Filter<data::JustLut<Val>>);

impl Filter {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// It is none of jq's.
    pub(super) fn new(expression: &str) -> Result<Self, Failure> {
        let invalid = || Failure::usage(format!("--jq: {expression:?} is no expression of jq"));
        let program = File {
            code: expression,
            path: (),
        };
        let definitions = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, program)
            .map_err(|_| invalid())?;
        let compiler = Compiler::default().with_funs(functions);
        Ok(Self(compiler.compile(modules).map_err(|_| invalid())?))
    }

    /// Returns what it selects.
    ///
    /// # Errors
    ///
    /// It fails on this value.
    pub(super) fn apply(&self, value: &Value) -> Result<Vec<Value>, Failure> {
        let failed = |error: String| Failure::new(Exit::Failed, format!("--jq: {error}"));
        let text = value.to_string();
        let input =
            read::parse_single(text.as_bytes()).map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let outputs = self.0.id.run((context, input)).map(unwrap_valr);
        outputs
            .map(|output| {
                let output = output.map_err(|error| failed(error.to_string()))?;
                serde_json::from_str(&output.to_string()).map_err(|error| failed(error.to_string()))
            })
            .collect()
    }
}
