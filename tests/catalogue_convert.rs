//! The converters: small sources of both kinds, and what becomes of broken ones.
#![expect(
    clippy::unwrap_used,
    reason = "the fixtures exist, or the test has to fail"
)]

use bailiwick::catalogue::convert::{
    SourceFile, convert, convert_descriptions, convert_managed_policies, is_wanted,
};
use bailiwick::catalogue::{Action, Catalogue, Service};
use serde_json::json;

macro_rules! fixture {
    ($folder:literal: $($path:literal),* $(,)?) => {
        vec![$(SourceFile {
            path: $path.to_owned(),
            bytes: include_bytes!(concat!("fixtures/catalogue/", $folder, "/", $path)).to_vec(),
        }),*]
    };
}

fn iam_data() -> Vec<SourceFile> {
    fixture!("iam-data":
        "package.json",
        "data/services.json",
        "data/serviceNames.json",
        "data/rcpSupportedServices.json",
        "data/actions/zoo.json",
        "data/actions/aviary.json",
        "data/resourceTypes/zoo.json",
        "data/resourceTypes/aviary.json",
        "data/conditionKeys/zoo.json",
        "data/conditionKeys/aviary.json",
    )
}

fn service_reference() -> Vec<SourceFile> {
    fixture!("service-reference": "index.json", "zoo.json")
}

fn zoo() -> Catalogue {
    Catalogue::from_text(convert(&iam_data(), Catalogue::embedded()).unwrap()).unwrap()
}

#[test]
fn an_iam_data_package() {
    insta::assert_snapshot!(convert(&iam_data(), Catalogue::embedded()).unwrap());
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut files = iam_data();
    files.reverse();
    assert_eq!(
        convert(&files, Catalogue::embedded()),
        convert(&iam_data(), Catalogue::embedded())
    );
}

#[test]
fn a_package_may_lie_below_the_folder_that_was_named() {
    let mut files = iam_data();
    for file in &mut files {
        file.path = format!("x/package/{}", file.path);
        assert!(is_wanted(&file.path));
    }
    assert!(!is_wanted("package/dist/esm/index.json") && !is_wanted("package/README.md"));
    assert_eq!(
        convert(&files, Catalogue::embedded()),
        convert(&iam_data(), Catalogue::embedded())
    );
}

#[test]
fn the_service_reference_replaces_the_services_it_describes() {
    insta::assert_snapshot!(convert(&service_reference(), &zoo()).unwrap());
}

#[test]
fn keys_of_a_converted_catalogue_are_found() {
    let zoo = zoo();
    assert_eq!(
        zoo.key("ZOO:foodtag/hay").unwrap().canonical,
        "zoo:FoodTag/hay"
    );
    assert_eq!(
        zoo.key("keeper.example.com:SUB").unwrap().canonical,
        "keeper.example.com:sub"
    );
    let (service, feed) = zoo.action("zoo:feed").unwrap();
    assert!(zoo.carries_key(service, feed, Some("Animal"), "zoo:Weight"));
    assert!(!zoo.carries_key(service, feed, Some("petting zoo"), "zoo:Weight"));
    assert!(
        service
            .resource_type("petting zoo")
            .unwrap()
            .fits("arn:aws:zoo:::petting:x")
    );
}

/// Says of a service what AWS's reference would: every key of an action in one list, no word on what is required.
fn as_reference(service: &Service) -> serde_json::Value {
    let keys_of = |a: &Action| {
        let mut keys: Vec<String> = a.keys.clone();
        keys.extend(a.resources.iter().flat_map(|r| r.keys.clone()));
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let actions = service.actions.iter().map(|a| {
        json!({
            "Name": a.name,
            "ActionConditionKeys": keys_of(a),
            "Annotations": {"Properties": {
                "IsList": a.level.as_str() == "List",
                "IsWrite": !["Read", "List"].contains(&a.level.as_str()),
                "IsTaggingOnly": a.level.as_str() == "Tagging",
                "IsPermissionManagement": a.level.as_str() == "Permissions management",
            }},
            "Resources": a.resources.iter().map(|r| json!({"Name": r.resource_type})).collect::<Vec<_>>(),
        })
    });
    let types = service.resource_types.iter().map(|t| {
        let formats: Vec<String> = t.arn_formats.iter().map(ToString::to_string).collect();
        json!({"Name": t.name, "ARNFormats": formats, "ConditionKeys": t.keys})
    });
    let keys = service.keys.iter().map(|k| {
        let array = if k.multi_valued { "ArrayOf" } else { "" };
        json!({"Name": k.name, "Types": [format!("{array}{}", k.key_type)]})
    });
    json!({
        "Name": service.prefix,
        "Actions": actions.collect::<Vec<_>>(),
        "Resources": types.collect::<Vec<_>>(),
        "ConditionKeys": keys.collect::<Vec<_>>(),
        "Version": "v1.4",
    })
}

#[test]
fn a_reference_that_says_the_same_changes_nothing() {
    let base = Catalogue::embedded();
    let files: Vec<SourceFile> = base
        .services()
        .map(|service| SourceFile {
            path: format!("{}.json", service.prefix),
            bytes: as_reference(service).to_string().into_bytes(),
        })
        .collect();
    let again = Catalogue::from_text(convert(&files, base).unwrap()).unwrap();
    assert_eq!(again.provenance().digest, base.provenance().digest);
    assert_eq!(again.provenance().version, "v1.4");
}

#[test]
fn every_broken_file_is_named() {
    let mut files = iam_data();
    files.retain(|f| f.path != "data/conditionKeys/aviary.json");
    for file in &mut files {
        match file.path.as_str() {
            "data/actions/zoo.json" => file.bytes = b"{ \"feed\": { \"name\": 1 } }".to_vec(),
            "data/resourceTypes/zoo.json" => {
                file.bytes = br#"{ "a": { "key": "a", "arn": "bucket/${Name}" } }"#.to_vec();
            }
            "data/conditionKeys/zoo.json" => {
                file.bytes = br#"{ "a": { "key": "zoo:A", "type": "Colour" } }"#.to_vec();
            }
            _ => {}
        }
    }
    let errors = convert(&files, Catalogue::embedded()).unwrap_err();
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_is_neither_kind_is_refused() {
    let file = |path: &str, bytes: &[u8]| SourceFile {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
    };
    for (files, said) in [
        (
            vec![],
            "no file is of an iam-data package or of AWS's service reference",
        ),
        (
            vec![file("a.json", b"{}")],
            "no file is of an iam-data package or of AWS's service reference",
        ),
        (
            vec![file("a.json", b"\xff")],
            "a.json: expected value at line 1 column 1",
        ),
        (
            vec![file("a.json", br#"{"Name": "s3", "Actions": 1}"#)],
            "a.json: invalid type: integer `1`, expected a sequence",
        ),
    ] {
        let errors = convert(&files, Catalogue::embedded()).unwrap_err();
        assert_eq!(errors.first().unwrap().to_string(), said);
    }
}

#[test]
fn a_type_that_nobody_describes_is_one_without_a_format() {
    let file = |actions: serde_json::Value| SourceFile {
        path: "x.json".to_owned(),
        bytes: json!({"Name": "zoo", "Actions": actions})
            .to_string()
            .into_bytes(),
    };
    let actions = json!([{"Name": "Feed", "Resources": [{"Name": "pet"}, {"Name": "Pet"}]}]);
    let text = convert(&[file(actions)], &zoo()).unwrap();
    let catalogue = Catalogue::from_text(text).unwrap();
    let pet = catalogue
        .service("zoo")
        .unwrap()
        .resource_type("PET")
        .unwrap();
    assert!(pet.arn_formats.is_empty());
    let errors = convert(&[file(json!([{"Name": "Fe\ned"}]))], &zoo()).unwrap_err();
    assert!(
        errors
            .first()
            .unwrap()
            .to_string()
            .contains("the converted text would be broken")
    );
}

#[test]
fn descriptions_pack_small_and_refuse_what_is_broken() {
    assert!(!convert_descriptions(&iam_data()).unwrap().is_empty());
    let broken = SourceFile {
        path: "data/actions/zoo.json".to_owned(),
        bytes: b"[".to_vec(),
    };
    assert_eq!(convert_descriptions(&[broken]).unwrap_err().len(), 1);
}

#[test]
fn managed_policies_are_indexed_in_order() {
    let file = |path: &str, value: serde_json::Value| SourceFile {
        path: path.to_owned(),
        bytes: value.to_string().into_bytes(),
    };
    let policy = |arn: &str| {
        json!({
            "arn": arn,
            "latestVersionId": "v2",
            "versions": {"v1": {"document": {}}, "v2": {"document": {"Version": "2012-10-17", "Statement": []}}},
            "createdDate": "2020-01-02T00:00:00.000Z",
            "lastUpdatedDate": "2021-01-02T00:00:00.000Z",
        })
    };
    let package = file("package.json", json!({"name": "p", "version": "1"}));
    let policies = json!({
        "Zebra": policy("arn:aws:iam::aws:policy/Zebra"),
        "Ape": policy("arn:aws:iam::aws:policy/service-role/Ape"),
    });
    let path = "dist/managedPolicies.json";
    let packed = convert_managed_policies(&[package.clone(), file(path, policies)]).unwrap();
    let lines: Vec<&str> = packed
        .index
        .lines()
        .filter(|l| l.contains(" v2 "))
        .collect();
    assert_eq!(
        lines,
        [
            "Ape /service-role/ v2 2020-01-02 2021-01-02",
            "Zebra / v2 2020-01-02 2021-01-02"
        ]
    );
    let wrong = json!({"Zebra": policy("arn:aws:iam::aws:policy/Horse")});
    let errors = convert_managed_policies(&[package, file(path, wrong)]).unwrap_err();
    assert_eq!(
        errors.first().unwrap().to_string(),
        "dist/managedPolicies.json: `arn:aws:iam::aws:policy/Horse` is no ARN of `Zebra`"
    );
}
