//! What a file holds that is not what was asked for, told by its first words, and which option reads it.
//!
//! In: a text, or its tree. Out: a [`Form`], with a sentence for the help. Nothing is read here.

use crate::iam::json::{Node, Value};

/// A kind of file that people have at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `{"Statement": …}`
    Policy,
    /// `{"PolicyDocument": …}` and others that the AWS CLI prints around one document
    Answer,
    /// `{"UserDetailList": …}`
    Account,
    /// `{"Roots": …}`, `{"Accounts": …}`
    Organization,
    /// `{"Roles": …}`
    Roles,
    /// `{"Policies": [{"DefaultVersionId": …}]}`
    Policies,
    /// `{"planned_values": …}`
    Plan,
    /// `{"format_version": …, "values": …}`
    ShownState,
    /// `{"lineage": …}`
    State,
    /// `Terraform will perform …`
    PlanText,
    /// `resource "aws_iam_role" "r" {`
    Configuration,
    /// `{"Resources": …}`
    Template,
    /// `{"TemplateBody": …}`
    TemplateAnswer,
    /// `Statement:` at the start of a line
    Yaml,
    /// `<html>`
    Markup,
    /// `An error occurred …`
    Refusal,
}

impl Form {
    /// For a label: "this looks like …".
    pub fn described(self) -> &'static str {
        match self {
            Form::Policy => "an IAM policy document",
            Form::Answer => "what the AWS CLI prints of one policy or role",
            Form::Account => "the output of `aws iam get-account-authorization-details`",
            Form::Organization => "the output of a call of `aws organizations`",
            Form::Roles => "the output of `aws iam list-roles`",
            Form::Policies => "a list of policies without their documents",
            Form::Plan => "a Terraform plan",
            Form::ShownState => "a Terraform state",
            Form::State => "a state as Terraform stores it",
            Form::PlanText => "a Terraform plan for people",
            Form::Configuration => "a configuration of Terraform",
            Form::Template => "a CloudFormation template",
            Form::TemplateAnswer => "the output of `aws cloudformation get-template`",
            Form::Yaml => "an IAM policy document in YAML",
            Form::Markup => "HTML or XML",
            Form::Refusal => "an error of the AWS CLI",
        }
    }

    /// What to do with it.
    pub fn help(self) -> &'static str {
        match self {
            Form::Policy | Form::Answer => "`bailiwick import FILE` reads it",
            Form::Account => "`bailiwick import --authorization-details FILE --out DIR` reads it",
            Form::Organization => {
                "`bailiwick import --organization DIR --out DIR` reads a folder with what `aws organizations` prints"
            }
            Form::Roles | Form::Policies => {
                "`aws iam get-account-authorization-details` prints roles and policies with their documents"
            }
            Form::Plan | Form::ShownState => "`bailiwick import --terraform-plan FILE` reads it",
            Form::State => {
                "`terraform show -json > state.json` prints what `bailiwick import --terraform-plan` reads"
            }
            Form::PlanText | Form::Configuration => {
                "`terraform show -json plan.out > plan.json` prints what `bailiwick import --terraform-plan` reads"
            }
            Form::Template => "`bailiwick import --cloudformation FILE` reads it",
            Form::TemplateAnswer => {
                "`bailiwick import --cloudformation` reads the text of `TemplateBody`: `jq -r .TemplateBody`"
            }
            Form::Yaml => "IAM documents are JSON",
            Form::Markup | Form::Refusal => "what should have written the file has failed",
        }
    }

    /// What an object, or a list of objects, looks like.
    pub fn of_node(node: &Node) -> Option<Form> {
        let first = match &node.value {
            Value::List(items) => items.first().unwrap_or(node),
            _ => node,
        };
        let Value::Map(members) = &first.value else {
            return None;
        };
        let has = |name: &&str| members.iter().any(|m| m.name == *name);
        let found = MEMBERS.iter().find(|(names, _)| names.iter().all(&has));
        found.map(|(_, form)| *form)
    }

    /// What a text looks like that is no JSON.
    pub fn of_text(text: &str) -> Option<Form> {
        let start = text.trim_start();
        let begins = |words: &[&str]| words.iter().any(|w| start.starts_with(w));
        let has_line = |words: &[&str]| {
            text.lines()
                .any(|line| words.iter().any(|w| line.starts_with(w)))
        };
        if begins(&["<"]) {
            Some(Form::Markup)
        } else if begins(&["An error occurred", "Unable to locate credentials"]) {
            Some(Form::Refusal)
        } else if has_line(&["AWSTemplateFormatVersion:", "Resources:"]) {
            Some(Form::Template)
        } else if has_line(&["Statement:"]) {
            Some(Form::Yaml)
        } else if has_line(&[
            "Terraform will perform",
            "Terraform used the selected",
            "No changes.",
        ]) {
            Some(Form::PlanText)
        } else if has_line(&[
            "resource \"",
            "data \"",
            "module \"",
            "terraform {",
            "variable \"",
        ]) {
            Some(Form::Configuration)
        } else {
            None
        }
    }
}

/// The members that tell, the surest first.
const MEMBERS: [(&[&str], Form); 25] = [
    (&["Statement"], Form::Policy),
    (&["RoleDetailList"], Form::Account),
    (&["UserDetailList"], Form::Account),
    (&["GroupDetailList"], Form::Account),
    (&["planned_values"], Form::Plan),
    (&["lineage"], Form::State),
    (&["format_version", "values"], Form::ShownState),
    (&["terraform_version", "values"], Form::ShownState),
    (&["terraform_version", "resources"], Form::State),
    (&["terraform_version"], Form::Plan),
    (&["TemplateBody"], Form::TemplateAnswer),
    (&["Resources"], Form::Template),
    (&["AWSTemplateFormatVersion"], Form::Template),
    (&["Roots"], Form::Organization),
    (&["OrganizationalUnits"], Form::Organization),
    (&["Accounts"], Form::Organization),
    (&["Targets"], Form::Organization),
    (&["Organization"], Form::Organization),
    (&["Roles"], Form::Roles),
    (&["Policies"], Form::Policies),
    (&["PolicyVersion"], Form::Answer),
    (&["Role"], Form::Answer),
    (&["Policy"], Form::Answer),
    (&["PolicyDocument"], Form::Answer),
    (&["AssumeRolePolicyDocument"], Form::Answer),
];
