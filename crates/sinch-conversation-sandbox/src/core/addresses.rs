//! The addresses and names under which the sandbox can be reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use url::{Host, Url};

pub(crate) struct Addresses {
    listen: SocketAddr,
    /// Names in addition to `localhost`, in lower case, without a port.
    names: Vec<String>,
    public: Option<Url>,
}

impl Addresses {
    pub(crate) fn new(listen: SocketAddr, names: Vec<String>, public: Option<Url>) -> Self {
        Self {
            listen,
            names,
            public,
        }
    }

    /// Returns the address that the sandbox listens on.
    pub(crate) fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Returns the URL of the sandbox, without a trailing slash.
    pub(crate) fn base(&self) -> String {
        match &self.public {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", reachable(self.listen)),
        }
    }

    /// Returns the URL for other machines, if the sandbox listens on all addresses of this one and has no public URL.
    pub(crate) fn network(&self) -> Option<String> {
        let address = of_the_network(self.listen).filter(|_| self.public.is_none());
        address.map(|address| format!("http://{address}"))
    }

    /// Returns whether only this machine can reach the address that it listens on.
    pub(crate) fn listens_on_loopback(&self) -> bool {
        self.listen.ip().to_canonical().is_loopback()
    }

    /// Returns whether other machines may reach it.
    pub(crate) fn are_exposed(&self) -> bool {
        let public = self.public.as_ref().and_then(Url::host);
        !self.listens_on_loopback() || public.is_some_and(|host| !is_loopback(&host))
    }

    /// Returns whether requests may use this host, which has no port: an IP address, `localhost` or an allowed name.
    /// The owner of any other name could point it at this machine (DNS rebinding).
    pub(crate) fn has_host(&self, host: &str) -> bool {
        match Host::parse(host) {
            Ok(Host::Domain(name)) => self.has_name(&name),
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            Err(_) => false,
        }
    }

    /// Returns whether this is the origin of the page as a browser sees it behind a proxy.
    pub(crate) fn has_public_origin(&self, origin: &str) -> bool {
        let public = self.public.as_ref();
        public.is_some_and(|public| public.origin().ascii_serialization() == origin)
    }

    /// Returns whether a request to this URL would reach this sandbox, as far as the URL shows.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        let (host, port) = (url.host(), url.port_or_known_default());
        let public = self.public.as_ref();
        if public.is_some_and(|own| own.host() == host && own.port_or_known_default() == port) {
            return true;
        }
        port == Some(self.listen.port())
            && host.is_some_and(|host| match host {
                Host::Domain(name) => self.has_name(name),
                Host::Ipv4(ip) => self.listens_on(ip.into()),
                Host::Ipv6(ip) => self.listens_on(ip.to_canonical()),
            })
    }

    fn has_name(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let public = self.public.as_ref().and_then(Url::host_str);
        is_localhost(&name) || self.names.contains(&name) || public == Some(&name)
    }

    fn listens_on(&self, ip: IpAddr) -> bool {
        let own = self.listen.ip().to_canonical();
        // Connections to the unspecified address go to the loopback address.
        own == ip
            || (own.is_loopback() && ip.is_unspecified())
            || (own.is_unspecified() && is_of_this_machine(ip))
    }
}

/// Replaces an unspecified address by the loopback address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.to_canonical().is_loopback(),
    }
}

/// Returns whether the address belongs to this machine: no other can be bound.
fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// Returns the address under which other machines reach this one when it listens on all of its addresses. Nothing is
/// sent: a datagram socket only looks up the route to an address that is reserved for documentation.
fn of_the_network(listen: SocketAddr) -> Option<SocketAddr> {
    let (any, elsewhere): (IpAddr, IpAddr) = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (ip.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            let documentation = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            (ip.into(), documentation.into())
        }
        _ => return None,
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((elsewhere, 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then(|| SocketAddr::new(ip, listen.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(listen: &str) -> Addresses {
        let public = Url::parse("https://sandbox.example/").unwrap();
        let names = vec!["compose".to_owned()];
        Addresses::new(listen.parse().unwrap(), names, Some(public))
    }

    #[test]
    fn own_addresses_are_known_in_all_their_forms() {
        let own = addresses("127.0.0.1:8080");
        for url in [
            "http://127.0.0.1:8080/x",
            "http://localhost:8080",
            "http://LOCALHOST.:8080",
            "http://any.localhost:8080",
            "http://compose:8080",
            "http://0x7f.1:8080",
            "http://2130706433:8080",
            "http://0.0.0.0:8080",
            "http://[::ffff:127.0.0.1]:8080",
            "https://127.0.0.1:8080",
            "https://sandbox.example/_sandbox/reset",
            "https://user:pass@sandbox.example:443",
        ] {
            assert!(own.is_own(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "http://127.0.0.1:8081",
            "http://127.0.0.1",
            "http://192.0.2.7:8080",
            "http://example.com:8080",
            "http://sandbox.example",
            "https://compose",
        ] {
            assert!(!own.is_own(&Url::parse(url).unwrap()), "{url}");
        }
        let all = addresses("0.0.0.0:8080");
        for url in ["http://127.0.0.9:8080", "http://0.0.0.0:8080"] {
            assert!(all.is_own(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!all.is_own(&Url::parse("http://192.0.2.7:8080").unwrap()));
    }

    #[test]
    fn hosts_that_anybody_may_have_named_are_foreign() {
        let own = addresses("127.0.0.1:8080");
        for host in [
            "localhost",
            "LOCALHOST",
            "sandbox.localhost",
            "127.0.0.1",
            "192.168.0.7",
            "[::1]",
            "compose",
            "Compose.",
            "sandbox.example",
        ] {
            assert!(own.has_host(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "notlocalhost",
            "compose.example",
            "::1",
            "a b",
        ] {
            assert!(!own.has_host(host), "{host}");
        }
    }

    #[test]
    fn what_listens_beyond_this_machine_is_exposed() {
        let alone = |listen: &str| Addresses::new(listen.parse().unwrap(), Vec::new(), None);
        for listen in ["127.0.0.1:1", "[::1]:1", "127.0.0.9:1"] {
            assert!(!alone(listen).are_exposed(), "{listen}");
        }
        for listen in ["0.0.0.0:1", "[::]:1", "192.168.0.7:1"] {
            assert!(alone(listen).are_exposed(), "{listen}");
        }
        assert!(addresses("127.0.0.1:1").are_exposed());
    }
}
