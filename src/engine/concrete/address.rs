//! Addresses and CIDR blocks of both families, which never contain one another.

use std::net::IpAddr;

/// A block of addresses; bits behind the prefix are ignored, as IAM does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Block {
    address: IpAddr,
    prefix: u32,
}

impl Block {
    /// Reads `203.0.113.0/24`, `2001:db8::/32`, or an address alone, which is a block of one. Zeros in front of a number
    /// are refused, since some read `010` as eight.
    pub(super) fn parse(text: &str) -> Option<Block> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some("0") => 0,
            Some(digits) if digits.starts_with(['+', '0']) => return None,
            Some(digits) => digits.parse().ok()?,
        };
        (prefix <= width).then_some(Block { address, prefix })
    }

    /// Whether the block holds the address.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                let differing = block.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                let differing = block.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_what_agrees_in_the_prefix() {
        let table = [
            ("0.0.0.0/0", "198.51.100.1", true),
            ("203.0.113.77/24", "203.0.113.5", true),
            ("203.0.113.0/25", "203.0.113.128", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.6", false),
            ("203.0.113.0/24", "2001:db8::1", false),
            ("2001:DB8::/32", "2001:0db8:0:0::1", true),
            ("::/0", "::1", true),
            ("::/0", "127.0.0.1", false),
            ("2001:db8::1", "2001:db8:0::1", true),
            ("::ffff:192.0.2.1", "192.0.2.1", false),
        ];
        for (block, address, expected) in table {
            let parsed = Block::parse(block).unwrap();
            assert_eq!(
                parsed.contains(address.parse().unwrap()),
                expected,
                "{block} {address}"
            );
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/008",
            "05.0.0.0/8",
            "010.0.0.1",
            "a",
            "10.0.0.*",
        ] {
            assert_eq!(Block::parse(bad), None, "{bad}");
        }
    }
}
