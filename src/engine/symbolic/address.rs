//! Sets of IP addresses: one union of ranges per family.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::iam::address;

/// A union of ranges in order, both ends included; IPv4 and IPv6 never meet.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Addresses {
    v4: Vec<(u128, u128)>,
    v6: Vec<(u128, u128)>,
}

/// Reads a block; a bare address is a block of one, bits below the mask are ignored.
pub(crate) fn parse_block(text: &str) -> Option<IpNet> {
    Some(address::parse_block(text)?.trunc())
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(a) => u128::from(u32::from(a)),
        IpAddr::V6(a) => u128::from(a),
    }
}

impl Addresses {
    /// Every address of both families.
    pub(crate) fn everything() -> Self {
        Addresses {
            v4: vec![(0, u128::from(u32::MAX))],
            v6: vec![(0, u128::MAX)],
        }
    }

    /// The addresses of one block.
    pub(crate) fn block(net: IpNet) -> Self {
        let range = vec![(bits(net.network()), bits(net.broadcast()))];
        match net {
            IpNet::V4(_) => Addresses {
                v4: range,
                v6: Vec::new(),
            },
            IpNet::V6(_) => Addresses {
                v4: Vec::new(),
                v6: range,
            },
        }
    }

    /// What is in either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        self.complement()
            .intersection(&other.complement())
            .complement()
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Addresses {
            v4: meet(&self.v4, &other.v4),
            v6: meet(&self.v6, &other.v6),
        }
    }

    /// Every address that is not in it.
    pub(crate) fn complement(&self) -> Self {
        Addresses {
            v4: gaps(&self.v4, u128::from(u32::MAX)),
            v6: gaps(&self.v6, u128::MAX),
        }
    }

    /// Whether an address is in it.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let ranges = match address {
            IpAddr::V4(_) => &self.v4,
            IpAddr::V6(_) => &self.v6,
        };
        let at = bits(address);
        ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&at))
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Addresses of it, documentation ranges first, then the ends of each range.
    pub(crate) fn samples(&self) -> Vec<IpAddr> {
        let documentation = [
            "203.0.113.7",
            "198.51.100.7",
            "192.0.2.7",
            "10.1.2.3",
            "2001:db8::7",
        ];
        let mut found: Vec<IpAddr> = documentation
            .iter()
            .filter_map(|t| t.parse().ok())
            .filter(|a| self.contains(*a))
            .collect();
        for (low, high) in &self.v4 {
            let inner = low.saturating_add(1).min(*high);
            for at in [inner, *low, *high] {
                found.extend(u32::try_from(at).map(|a| IpAddr::V4(a.into())));
            }
        }
        for (low, high) in &self.v6 {
            for at in [low.saturating_add(1).min(*high), *low, *high] {
                found.push(IpAddr::V6(at.into()));
            }
        }
        found
    }
}

/// What two lists of ranges have in common; both are in order, and so is the outcome.
fn meet(mut a: &[(u128, u128)], mut b: &[(u128, u128)]) -> Vec<(u128, u128)> {
    let mut parts = Vec::new();
    while let (Some((x, a_after)), Some((y, b_after))) = (a.split_first(), b.split_first()) {
        let (low, high) = (x.0.max(y.0), x.1.min(y.1));
        if low <= high {
            parts.push((low, high));
        }
        if x.1 < y.1 {
            a = a_after;
        } else {
            b = b_after;
        }
    }
    parts
}

fn gaps(ranges: &[(u128, u128)], last: u128) -> Vec<(u128, u128)> {
    let mut parts = Vec::new();
    let mut from = Some(0_u128);
    for (low, high) in ranges {
        if let Some(start) = from
            && start < *low
        {
            parts.push((start, low - 1));
        }
        from = high.checked_add(1).filter(|next| *next <= last);
    }
    parts.extend(from.map(|start| (start, last)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Addresses {
        Addresses::block(parse_block(text).unwrap())
    }

    #[test]
    fn halves_make_a_whole() {
        let halves = block("10.0.0.0/9").union(&block("10.128.0.0/9"));
        assert_eq!(halves, block("10.0.0.0/8"));
        assert_eq!(block("203.0.113.77/24"), block("203.0.113.0/24"));
    }

    #[test]
    fn families_do_not_meet() {
        let all_v4 = block("0.0.0.0/0");
        assert!(all_v4.contains("198.51.100.1".parse().unwrap()));
        assert!(all_v4.intersection(&block("::/0")).is_empty());
        assert_eq!(all_v4.complement(), block("::/0"));
        assert_eq!(Addresses::everything().complement(), Addresses::default());
        assert_eq!(block("2001:DB8::/32"), block("2001:0db8:0:0::1/32"));
    }

    #[test]
    fn samples_are_members() {
        for set in [block("192.0.2.0/31"), block("10.0.0.0/8").complement()] {
            assert!(set.samples().iter().all(|a| set.contains(*a)));
            assert!(!set.samples().is_empty());
        }
    }
}
