//! A contact card: a name, phone numbers and addresses.

use sinch_conversation_raw::types::{
    AddressInfo, ContactInfoMessage, EmailInfo, NameInfo, OrganizationInfo, PhoneNumberInfo,
    UrlInfo,
};

/// A contact card: a name, phone numbers and addresses, as in an address book.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::ContactInfo;
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::types::OrganizationInfo;
///
/// let mut osteria = OrganizationInfo::default();
/// osteria.company = Some("Osteria".into());
/// let ada = ContactInfo::new("Ada Lovelace", "+46700000000")
///     .phone("+46800000000", "WORK")
///     .email("ada@example.com", "WORK")
///     .url("https://example.com", "Org")
///     .organization(osteria)
///     .birthday("1990-12-10");
/// app.send(ada).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ContactInfo {
    pub(super) body: ContactInfoMessage,
}

impl ContactInfo {
    /// Creates a contact card with a name and a phone number in E.164 form.
    pub fn new(full_name: impl Into<String>, phone_number: impl Into<String>) -> Self {
        let phone = PhoneNumberInfo::new(phone_number);
        Self {
            body: ContactInfoMessage::new(NameInfo::new(full_name), vec![phone]),
        }
    }

    /// Replaces the name, for instance by one with first and last name apart.
    ///
    /// ```
    /// use sinch_conversation::message::ContactInfo;
    /// use sinch_conversation::types::NameInfo;
    ///
    /// let mut name = NameInfo::new("Ada Lovelace");
    /// name.first_name = Some("Ada".into());
    /// name.last_name = Some("Lovelace".into());
    /// let ada = ContactInfo::new("Ada", "+46700000000").name(name);
    /// # assert!(ada.validate().is_ok());
    /// ```
    #[must_use]
    pub fn name(mut self, name: NameInfo) -> Self {
        self.body.name = name;
        self
    }

    /// Adds a phone number with a label such as `WORK`.
    #[must_use]
    pub fn phone(mut self, number: impl Into<String>, label: impl Into<String>) -> Self {
        let mut phone = PhoneNumberInfo::new(number);
        phone.type_ = Some(label.into());
        self.body.phone_numbers.push(phone);
        self
    }

    /// Adds an email address with a label such as `WORK`.
    #[must_use]
    pub fn email(mut self, address: impl Into<String>, label: impl Into<String>) -> Self {
        let mut email = EmailInfo::new(address);
        email.type_ = Some(label.into());
        self.body
            .email_addresses
            .get_or_insert_default()
            .push(email);
        self
    }

    /// Adds a postal address.
    ///
    /// ```
    /// use sinch_conversation::message::ContactInfo;
    /// use sinch_conversation::types::AddressInfo;
    ///
    /// let mut address = AddressInfo::default();
    /// address.city = Some("Stockholm".into());
    /// address.country = Some("Sweden".into());
    /// let ada = ContactInfo::new("Ada Lovelace", "+46700000000").address(address);
    /// # assert!(ada.validate().is_ok());
    /// ```
    #[must_use]
    pub fn address(mut self, address: AddressInfo) -> Self {
        self.body.addresses.get_or_insert_default().push(address);
        self
    }

    /// Adds a web address with a label such as `Org`.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>, label: impl Into<String>) -> Self {
        let mut info = UrlInfo::new(url);
        info.type_ = Some(label.into());
        self.body.urls.get_or_insert_default().push(info);
        self
    }

    /// Sets the organization that the person works for.
    #[must_use]
    pub fn organization(mut self, organization: OrganizationInfo) -> Self {
        self.body.organization = Some(organization);
        self
    }

    /// Sets the date of birth in the form `YYYY-MM-DD`.
    #[must_use]
    pub fn birthday(mut self, date: impl Into<String>) -> Self {
        self.body.birthday = Some(date.into());
        self
    }
}
