"""An independent oracle: policies encoded for Z3 by someone who has not read the engine.

    pip install z3-solver
    python3 tests/oracle/oracle.py tests/managed/histories.jsonl.gz > tests/oracle/answers.jsonl

Writes pairs of documents, generated ones and real ones, each with the relation that Z3 finds and the time it took.
tests/oracle.rs asks the engine the same. The fragment: Action, NotAction, Resource, NotResource with wildcards, String
(Not)Equals/Like with IfExists, Null, Bool, Numeric; single-valued keys; no variables; patterns of six fields. `*` that
ends one of the first five fields also reads colons (resource-wildcards=documented).

Character ranges are avoided: in version 5 one that is built the old way matches the empty string only.
"""

import gzip
import json
import random
import sys
import time

import z3

ANY = z3.AllChar(z3.ReSort(z3.StringSort()))
NOT_COLON = z3.Intersect(ANY, z3.Complement(z3.Re(":")))
STRINGS = {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}
ORDERS = {
    "NumericEquals": lambda a, b: a == b,
    "NumericLessThan": lambda a, b: a < b,
    "NumericLessThanEquals": lambda a, b: a <= b,
    "NumericGreaterThan": lambda a, b: a > b,
    "NumericGreaterThanEquals": lambda a, b: a >= b,
}


class Outside(Exception):
    """The documents leave the fragment."""


def glued(parts):
    parts = parts or [z3.Re("")]
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def glob(text, reach):
    """A pattern as a regular expression; `reach` gives what the wildcard at an index reads."""
    parts, plain = [], ""
    for i, c in enumerate(text):
        if c in "*?":
            if plain:
                parts.append(z3.Re(plain))
            plain = ""
            parts.append(z3.Star(reach(i)) if c == "*" else reach(i))
        else:
            plain += c
    if plain:
        parts.append(z3.Re(plain))
    return glued(parts)


def resource(pattern):
    if "${" in pattern or pattern.count(":") < 5 or not pattern.startswith("arn:"):
        raise Outside("resource")

    def reach(i):
        in_head = pattern[:i].count(":") < 5
        ends_field = pattern[i] == "*" and pattern[i + 1 : i + 2] == ":"
        return NOT_COLON if in_head and not ends_field else ANY

    return glob(pattern, reach)


def listed(value):
    return value if isinstance(value, list) else [value]


class World:
    """The variables of one question."""

    def __init__(self):
        self.action = z3.String("action")
        self.resource = z3.String("resource")
        self.keys = {}
        name = z3.Plus(NOT_COLON)
        arn = z3.Concat(z3.Re("arn:"), *([z3.Star(NOT_COLON), z3.Re(":")] * 4), z3.Star(ANY))
        self.domain = [
            z3.InRe(self.action, z3.Concat(name, z3.Re(":"), name)),
            z3.Or(self.resource == z3.StringVal("*"), z3.InRe(self.resource, arn)),
        ]

    def key(self, name, sort):
        """Whether it is there, and its value."""
        name = name.lower()
        if name not in self.keys:
            self.keys[name] = (sort, z3.Bool("has " + name), z3.Const(name, sort))
        known, has, value = self.keys[name]
        if known != sort:
            raise Outside("two types on one key")
        return has, value

    def actions(self, patterns):
        def one(pattern):
            if pattern == "*":
                return z3.BoolVal(True)
            return z3.InRe(self.action, glob(pattern.lower(), lambda _: ANY))

        return z3.Or([one(p) for p in listed(patterns)])

    def resources(self, patterns):
        def one(pattern):
            return z3.BoolVal(True) if pattern == "*" else z3.InRe(self.resource, resource(pattern))

        return z3.Or([one(p) for p in listed(patterns)])

    def test(self, operator, key, values):
        values = [v if isinstance(v, str) else json.dumps(v) for v in listed(values)]
        if ":" in operator or any("${" in v for v in values) or key.lower() in MULTI:
            raise Outside(operator)
        base = operator.removesuffix("IfExists")
        if base in STRINGS:
            has, value = self.key(key, z3.StringSort())
            if base.endswith("Like"):
                some = z3.Or([z3.InRe(value, glob(v, lambda _: ANY)) for v in values])
            else:
                some = z3.Or([value == z3.StringVal(v) for v in values])
            holds = z3.Or(z3.Not(has), z3.Not(some)) if "Not" in base else z3.And(has, some)
        elif base == "Bool":
            has, value = self.key(key, z3.BoolSort())
            holds = z3.And(has, z3.Or([value == (v.lower() == "true") for v in values]))
        elif base in ORDERS:
            has, value = self.key(key, z3.RealSort())
            holds = z3.And(has, z3.Or([ORDERS[base](value, z3.RealVal(v)) for v in values]))
        elif base == "Null":
            sort = self.keys.get(key.lower(), (KINDS.get(key.lower(), z3.StringSort()),))[0]
            has, _ = self.key(key, sort)
            holds = z3.Or([z3.Not(has) if v.lower() == "true" else has for v in values])
        else:
            raise Outside(operator)
        return z3.Or(z3.Not(has), holds) if operator.endswith("IfExists") else holds

    def statement(self, s):
        parts = []
        parts.append(self.actions(s["Action"]) if "Action" in s else z3.Not(self.actions(s["NotAction"])))
        if "Resource" in s:
            parts.append(self.resources(s["Resource"]))
        else:
            parts.append(z3.Not(self.resources(s["NotResource"])))
        for operator, tests in s.get("Condition", {}).items():
            parts.extend(self.test(operator, key, values) for key, values in tests.items())
        return z3.And(parts)

    def allows(self, document):
        allow, deny = [], []
        for s in listed(document["Statement"]):
            (allow if s["Effect"] == "Allow" else deny).append(self.statement(s))
        return z3.And(z3.Or(allow), z3.Not(z3.Or(deny)))


KINDS = {"aws:securetransport": z3.BoolSort(), "s3:max-keys": z3.RealSort()}
MULTI = {"aws:tagkeys", "aws:calledvia", "aws:principalorgpaths"}
RELATIONS = {
    ("unsat", "unsat"): "equal",
    ("sat", "unsat"): "narrower",
    ("unsat", "sat"): "wider",
    ("sat", "sat"): "incomparable",
}


def relation(left, right):
    world = World()
    one, two = world.allows(left), world.allows(right)
    found = []
    for more, less in ((one, two), (two, one)):
        solver = z3.Solver()
        solver.set("timeout", 4000)
        solver.add(*world.domain, more, z3.Not(less))
        found.append(str(solver.check()))
    return RELATIONS.get(tuple(found))


def generated(dice):
    actions = ["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:*Object", "s3:?etObject", "sqs:*", "s3:PutObject"]
    resources = ["*", "arn:aws:s3:::*", "arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:::b/k", "arn:aws:s3:::?b",
                 "arn:aws:sqs:*:*:q", "arn:aws:sqs:eu-*-1:*:a*b", "arn:*:sqs:eu-west-1:111122223333:q"]
    texts = ["a", "b", "a*", "*b", "a*b", "?", "*", "ab", ""]

    def some(table):
        return dice.sample(table, dice.choice([1, 1, 2]))

    def test():
        kind = dice.randrange(8)
        suffix = dice.choice(["", "", "", "IfExists"])
        if kind < 5:
            return dice.choice(sorted(STRINGS)) + suffix, {dice.choice(["x:s", "x:t"]): some(texts)}
        if kind == 5:
            return "Bool" + suffix, {"aws:SecureTransport": dice.choice(["true", "false"])}
        if kind == 6:
            return dice.choice(sorted(ORDERS)) + suffix, {"s3:max-keys": some(["3", "4", "3.5", "5"])}
        key = dice.choice(["x:s", "x:t", "s3:max-keys", "aws:SecureTransport"])
        return "Null", {key: dice.choice(["true", "false"])}

    def statement():
        s = {"Effect": dice.choice(["Allow", "Allow", "Deny"])}
        s[dice.choice(["Action"] * 7 + ["NotAction"])] = some(actions)
        s[dice.choice(["Resource"] * 7 + ["NotResource"])] = some(resources)
        s["Condition"] = dict(test() for _ in range(dice.randrange(3)))
        return s

    def document(statements):
        return {"Version": "2012-10-17", "Statement": statements}

    left = [statement() for _ in range(dice.randrange(1, 5))]
    right = json.loads(json.dumps(left))
    match dice.randrange(4):
        case 0:
            right = [statement() for _ in range(dice.randrange(1, 5))]
        case 1:
            right.append(statement())
        case 2:
            at = dice.randrange(len(right))
            right[at] = statement() if dice.randrange(2) else {**right[at], "Condition": dict([test()])}
        case 3:
            # The same in other words: a list taken apart.
            right = [{**s, "Action": [a]} if "Action" in s else s for s in right for a in s.get("Action", [""])]
            dice.shuffle(right)
    return document(left), document(right)


def real(path):
    """Consecutive versions of small managed policies."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            policy = json.loads(line)
            versions = sorted(policy["versions"].items(), key=lambda v: int(v[0][1:]))
            for (name, one), (_, two) in list(zip(versions, versions[1:]))[:2]:
                if len(json.dumps([one, two])) < 6000:
                    yield f"{policy['name']} {name}", one, two


def main(path):
    dice = random.Random(20261123)
    pairs = [(f"generated {i}", *generated(dice)) for i in range(400)]
    pairs.extend(real(path))
    for name, left, right in pairs:
        began = time.perf_counter()
        try:
            found = relation(left, right)
        except Outside:
            continue
        took = round((time.perf_counter() - began) * 1000, 1)
        record = {"id": name, "relation": found, "ms": took, "left": left, "right": right}
        print(json.dumps(record, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
