//! Facts from the operating system: CPU time, memory, cores.

use std::fmt;
use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use serde::Serialize;

use crate::Failure;

/// The machine of the measurement.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    /// The cores that this process may use.
    pub(crate) cores: Vec<usize>,
    /// Runnable processes, averaged over the minute before the measurement.
    load: String,
    rustc: String,
    /// Results of a build without optimisation are meaningless.
    optimised: bool,
}

impl Machine {
    pub(crate) fn look() -> Result<Self, Failure> {
        let first_word = |text: String| text.split_whitespace().next().map(str::to_owned);
        Ok(Self {
            processor: processor().unwrap_or_else(unknown),
            cores: affinity::get()?,
            load: fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(first_word)
                .unwrap_or_else(unknown),
            rustc: rustc().unwrap_or_else(unknown),
            optimised: !cfg!(debug_assertions),
        })
    }

    /// Pins this process to the first core, away from the [stub](Self::stub_core). Threads that were started before are
    /// not moved.
    pub(crate) fn pin_client(&self) -> Result<(), Failure> {
        self.cores.first().map_or(Ok(()), |core| pin(*core))
    }

    /// Lets this process use all cores again.
    pub(crate) fn unpin(&self) -> Result<(), Failure> {
        affinity::pin_to(&self.cores)
    }

    /// Starts a server on its core.
    pub(crate) fn spawn_server(&self, command: &mut Command) -> Result<Child, Failure> {
        // A process starts on the core of the thread that starts it.
        self.stub_core().map_or(Ok(()), pin)?;
        let server = command.spawn();
        self.pin_client()?;
        Ok(server?)
    }

    /// Returns the core of the stub, which is the client's own if there is no other.
    pub(crate) fn stub_core(&self) -> Option<usize> {
        self.cores.last().copied()
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            processor,
            cores,
            load,
            rustc,
            optimised,
        } = self;
        write!(f, "{processor}, cores {cores:?}, load {load}, {rustc}")?;
        if cores.len() < 2 {
            f.write_str("\nclient and stub share a core: wall times are not meaningful")?;
        }
        if !optimised {
            f.write_str("\nbuilt without --release: the results are meaningless")?;
        }
        Ok(())
    }
}

pub(crate) use affinity::pin;

fn unknown() -> String {
    "unknown".to_owned()
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(": ")?.1.to_owned())
}

fn rustc() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// Returns the CPU time of this process so far, in user mode and in the kernel.
#[cfg(unix)]
pub(crate) fn cpu_time() -> Result<Duration, Failure> {
    usage::of(nix::sys::resource::UsageWho::RUSAGE_SELF)
}

/// Returns the CPU time of all processes that this one started and waited for, with those that they waited for.
#[cfg(unix)]
pub(crate) fn cpu_time_of_children() -> Result<Duration, Failure> {
    usage::of(nix::sys::resource::UsageWho::RUSAGE_CHILDREN)
}

#[cfg(unix)]
mod usage {
    use std::time::Duration;

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    use crate::Failure;

    pub(super) fn of(whom: UsageWho) -> Result<Duration, Failure> {
        let usage = getrusage(whom)?;
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        Ok(Duration::from_micros(u64::try_from(micros)?))
    }
}

#[cfg(not(unix))]
pub(crate) fn cpu_time() -> Result<Duration, Failure> {
    Err("CPU time is only measured on Unix".into())
}

#[cfg(not(unix))]
pub(crate) fn cpu_time_of_children() -> Result<Duration, Failure> {
    cpu_time()
}

/// Returns the CPU time of a running process, in steps of 10 ms.
pub(crate) fn cpu_time_of(process: u32) -> Result<Duration, Failure> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))
        .map_err(|_| "the CPU time of a server is only measured on Linux")?;
    // The name, in parentheses, may have spaces; the times are the 12th and 13th field after it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: Vec<u64> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    // Linux tells them in hundredths of a second.
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

/// Returns the peak memory of this process in KiB. Not from getrusage, which includes the parent process.
pub(crate) fn peak_memory() -> Result<u64, Failure> {
    peak_memory_of("self")
}

/// Returns the peak memory of a process in KiB.
pub(crate) fn peak_memory_of(process: &str) -> Result<u64, Failure> {
    memory(process, "VmHWM:")
}

/// Returns how much memory a process has now, in KiB.
pub(crate) fn resident_memory_of(process: u32) -> Result<u64, Failure> {
    memory(&process.to_string(), "VmRSS:")
}

/// Returns how many files and connections a process has open.
pub(crate) fn open_files_of(process: u32) -> Result<u64, Failure> {
    let files = fs::read_dir(format!("/proc/{process}/fd"))
        .map_err(|_| "open files are only counted on Linux")?;
    Ok(u64::try_from(files.count())?)
}

fn memory(process: &str, field: &str) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .map_err(|_| "memory is only measured on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let figure = line.and_then(|line| line.split_whitespace().next());
    let missing = || format!("no {field} in the status of the process");
    Ok(figure.ok_or_else(missing)?.parse()?)
}

#[cfg(target_os = "linux")]
mod affinity {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    use crate::Failure;

    const SELF: Pid = Pid::from_raw(0);

    pub(crate) fn get() -> Result<Vec<usize>, Failure> {
        let set = sched_getaffinity(SELF)?;
        Ok((0..CpuSet::count())
            .filter(|core| set.is_set(*core).unwrap_or(false))
            .collect())
    }

    /// Pins this thread, and those that it starts, to one core.
    pub(crate) fn pin(core: usize) -> Result<(), Failure> {
        pin_to(&[core])
    }

    /// Lets this thread, and those that it starts, use these cores only.
    pub(super) fn pin_to(cores: &[usize]) -> Result<(), Failure> {
        let mut set = CpuSet::new();
        for core in cores {
            set.set(*core)?;
        }
        Ok(sched_setaffinity(SELF, &set)?)
    }
}

/// Pinning is not supported here.
#[cfg(not(target_os = "linux"))]
mod affinity {
    use crate::Failure;

    pub(crate) fn get() -> Result<Vec<usize>, Failure> {
        Ok((0..std::thread::available_parallelism()?.get()).collect())
    }

    pub(crate) fn pin(_core: usize) -> Result<(), Failure> {
        Ok(())
    }

    pub(super) fn pin_to(_cores: &[usize]) -> Result<(), Failure> {
        Ok(())
    }
}
