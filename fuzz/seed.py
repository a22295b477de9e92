"""Fills fuzz/corpus/TARGET with inputs to begin from, out of the tests: `python3 fuzz/seed.py`.

A fuzzer that begins with nothing spends its time on learning JSON. The corpora are not committed: what is found
becomes a test, and the rest can be made again.
"""

import gzip
import hashlib
import json
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
CORPUS = ROOT / "fuzz" / "corpus"

# Longer ones take the time of many short ones and say little more.
LONGEST = 6_000


def put(target, content):
    """One input, named by what it holds, so that seeding twice adds nothing."""
    data = content if isinstance(content, bytes) else content.encode()
    if len(data) <= LONGEST:
        name = hashlib.sha256(data).hexdigest()[:16]
        (CORPUS / target / name).write_bytes(data)


def packed(path):
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def line(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def documents():
    """Documents of the tests that JSON allows, each on one line."""
    for path in sorted((TESTS / "documents").glob("*/*.json")):
        try:
            yield line(json.loads(path.read_bytes()))
        except (ValueError, RecursionError):
            continue


def managed():
    """Consecutive versions of managed policies."""
    for history in packed(TESTS / "managed" / "histories.jsonl.gz"):
        versions = sorted(history["versions"].items(), key=lambda v: int(v[0][1:]))
        texts = [line(document) for _, document in versions]
        yield from zip(texts, texts[1:])


def cases():
    """The statements of tests/engine, each case as two documents: what allows, and all of it."""
    for path in sorted((TESTS / "engine").glob("*.txt")):
        for case in re.split(r"^case ", path.read_text(), flags=re.M):
            found = re.findall(r"^(?:identity|resource|scp|boundary|session|rcp) (\{.*\})$", case, re.M)
            statements = [json.loads(text) for text in found]
            for statement in statements:
                if not {"Action", "NotAction"} & set(statement):
                    statement["Action"] = "*"
                if not {"Resource", "NotResource"} & set(statement):
                    statement["Resource"] = "*"
            if statements:
                yield line(policy(statements[:1])), line(policy(statements))


def policy(statements):
    return {"Version": "2012-10-17", "Statement": statements}


OPERATORS = """StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
ArnEquals ArnLike ArnNotEquals ArnNotLike NumericEquals NumericLessThan NumericGreaterThanEquals DateLessThan
DateGreaterThan Bool BinaryEquals IpAddress NotIpAddress Null""".split()
VALUES = ["a*", "*b", "a?", "?", "*", "", "A", "ab", "3", "3.5", "-1", "true", "false", "2026-01-01T00:00:00Z", "10.0.0.0/8",
          "2001:db8::/32", "QQ==", "arn:aws:iam::111122223333:role/*", "arn:aws:s3:*", "${aws:username}",
          "${aws:PrincipalTag/t}", "${*}", "a${x:k,'d'}b"]
KEYS = ["aws:PrincipalTag/t", "aws:username", "aws:TagKeys", "x:k", "aws:SourceIp", "aws:CurrentTime", "s3:max-keys",
        "aws:PrincipalArn", "aws:SecureTransport", "aws:userid"]
RESOURCES = ["*", "arn:aws:s3:::*", "arn:aws:s3:::a*/*b", "arn:aws:s3:::a?b", "arn:*:sqs:*:q", "arn:aws:sqs:*:*:q*",
             "arn:aws:s3:::${aws:username}/*", "arn:aws:iam::*:role/a*", "a*", "arn:aws:*"]
ACTIONS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:*Object", "sqs:SendMessage", "iam:?assRole", "sts:AssumeRole"]


def generated(count):
    """Small pairs in which every operator, qualifier and kind of value occurs."""
    chance = random.Random(3)

    def statement():
        quantifier = chance.choice(["", "", "", "ForAnyValue:", "ForAllValues:"])
        operator = quantifier + chance.choice(OPERATORS) + chance.choice(["", "", "IfExists"])
        operator = operator.replace("NullIfExists", "Null")
        return {
            "Effect": chance.choice(["Allow", "Allow", "Deny"]),
            chance.choice(["Action", "Action", "NotAction"]): chance.sample(ACTIONS, chance.randint(1, 2)),
            chance.choice(["Resource", "Resource", "NotResource"]): chance.sample(RESOURCES, chance.randint(1, 2)),
            "Condition": {operator: {chance.choice(KEYS): chance.sample(VALUES, chance.randint(1, 2))}},
        }

    for _ in range(count):
        left = [statement() for _ in range(chance.randint(1, 3))]
        right = [s for s in left if chance.random() < 0.7] + [statement()]
        yield line(policy(left)), line(policy(right))


REQUESTS = [
    {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b",
     "context": {"aws:TagKeys": ["a"], "s3:max-keys": 5, "aws:SecureTransport": True, "aws:userid": None}},
    {"principal": "arn:aws:sts::111122223333:assumed-role/r/s", "action": "sqs:SendMessage",
     "resource": "arn:aws:sqs:eu-west-1:444455556666:q", "resource_account": "444455556666",
     "context": {"x:k": "a", "aws:PrincipalTag/t": "ab", "aws:SourceIp": "10.0.0.1"}},
    {"principal": {"service": "cloudtrail.amazonaws.com"}, "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k"},
]


def with_principals(document):
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    statements = statements if isinstance(statements, list) else [statements]
    named = [s if "NotPrincipal" in s else {"Principal": "*"} | s for s in statements if isinstance(s, dict)]
    return policy(named)


def scenarios(texts):
    places = ["identity", "session", "resource", "endpoint", "boundary", "rcps", "scps"]
    for i, text in enumerate(texts):
        place = places[i % len(places)]
        document = json.loads(text)
        if place in {"resource", "endpoint", "rcps"}:
            document = with_principals(document)
        lists = {"identity", "session", "endpoint"}
        written = [document] if place in lists else [[document]] if place in {"scps", "rcps"} else document
        everything = policy([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
        policies = {"identity": everything} | {place: written}
        yield line({"id": i, "request": REQUESTS[i % len(REQUESTS)], "policies": policies})


def sources():
    for folder in ["tests", "examples", "stdlib"]:
        yield from sorted((ROOT / folder).rglob("*.bw"))


def exports():
    for folder in ["deployed", "import_account", "import_stack", "import_cases", "lints", "diff"]:
        for kind in ["json", "yaml"]:
            yield from sorted((TESTS / folder).rglob(f"*.{kind}"))


def main():
    for target in ["parse", "format", "document_reader", "compare", "scenario", "exports"]:
        (CORPUS / target).mkdir(parents=True, exist_ok=True)
    oracle = [(line(p["left"]), line(p["right"])) for p in packed(TESTS / "oracle" / "answers.jsonl.gz")]
    alone = list(documents())
    pairs = [*managed(), *oracle, *cases(), *generated(600), *zip(alone, alone[1:])]
    for left, right in pairs:
        put("compare", f"{left}\n{right}")
    for path in sorted((TESTS / "documents").glob("*/*.json")):
        put("document_reader", path.read_bytes())
    for left, _ in pairs:
        put("document_reader", left)
    for text in scenarios(alone + [right for _, right in pairs[::3]]):
        put("scenario", text)
    for path in sources():
        put("parse", path.read_bytes())
        put("format", path.read_bytes())
    for path in exports():
        put("exports", path.read_bytes())
    for folder in sorted(CORPUS.iterdir()):
        print(folder.name, len(list(folder.iterdir())))


main()
