//! Addresses and CIDR blocks, as IAM compares them.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads `203.0.113.0/24`, `2001:db8::/32`, or an address alone, which is a block of one. Bits below the prefix stay.
///
/// Numbers with zeros in front are refused, since some read `010` as eight and others as ten.
pub fn parse_block(text: &str) -> Option<IpNet> {
    let Some((address, digits)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(IpNet::from);
    };
    let prefix: u8 = digits.parse().ok()?;
    let is_plain = prefix.to_string() == digits;
    let net = IpNet::new(address.parse().ok()?, prefix).ok()?;
    is_plain.then_some(net)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_one_spelling_of_their_numbers() {
        for good in [
            "10.0.0.0/8",
            "0.0.0.0/0",
            "10.1.2.3",
            "10.1.2.3/8",
            "2001:db8::/32",
            "::1",
        ] {
            assert!(parse_block(good).is_some(), "{good}");
        }
        for bad in [
            "05.0.0.0/8",
            "010.0.0.1",
            "10.0.0.0/08",
            "10.0.0.0/008",
            "10.0.0.0/+8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0/8",
            "::/129",
            "",
        ] {
            assert_eq!(parse_block(bad), None, "{bad}");
        }
    }
}
