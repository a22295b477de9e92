"""Z3's side of `run.py`: reads pairs of documents, one a line, writes the relation that Z3 finds and its time.

The encoding is that of tests/oracle/oracle.py, by someone who has not read the engine: action and resource are strings,
patterns regular expressions, each condition key a free variable beside a Boolean that says whether it is there. Added
here, because managed policies use them: the Arn operators, as regular expressions of six fields, and Resource patterns
with fewer than six fields that end in a wildcard. Outside, and said so in the output: policy variables, qualifiers and
keys with several values, dates, addresses, `…IgnoreCase`, binary values.
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "oracle"))

import oracle  # noqa: E402
import z3  # noqa: E402


def short(pattern):
    """A pattern of fewer than six fields that ends in `*`, which may stand for the rest of the ARN."""
    return pattern.startswith("arn:") and pattern.count(":") < 5 and pattern.endswith("*") and "${" not in pattern


class World(oracle.World):
    def resources(self, patterns):
        def one(pattern):
            if pattern == "*":
                return z3.BoolVal(True)
            if not short(pattern):
                return z3.InRe(self.resource, oracle.resource(pattern))
            last = len(pattern) - 1
            return z3.InRe(self.resource, oracle.glob(pattern, lambda i: oracle.ANY if i == last else oracle.NOT_COLON))

        return z3.Or([one(p) for p in oracle.listed(patterns)])

    def test(self, operator, key, values):
        base = operator.removesuffix("IfExists")
        if base not in {"ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"}:
            return super().test(operator, key, values)
        values = oracle.listed(values)
        if any("${" in v or v.count(":") < 5 for v in values) or key.lower() in oracle.MULTI:
            raise oracle.Outside(operator)
        has, value = self.key(key, z3.StringSort())

        def field_by_field(pattern):
            head = lambda i: oracle.NOT_COLON if pattern[:i].count(":") < 5 else oracle.ANY  # noqa: E731
            return z3.InRe(value, oracle.glob(pattern, head))

        some = z3.Or([field_by_field(v) for v in values])
        holds = z3.Or(z3.Not(has), z3.Not(some)) if "Not" in base else z3.And(has, some)
        return z3.Or(z3.Not(has), holds) if operator.endswith("IfExists") else holds


def relation(left, right, patience):
    world = World()
    one, two = world.allows(left), world.allows(right)
    found = []
    for more, less in ((one, two), (two, one)):
        solver = z3.Solver()
        solver.set("timeout", patience)
        solver.add(*world.domain, more, z3.Not(less))
        found.append(str(solver.check()))
    return oracle.RELATIONS.get(tuple(found), "unknown")


def main(patience):
    for line in sys.stdin:
        pair = json.loads(line)
        began = time.perf_counter()
        try:
            found = relation(pair["left"], pair["right"], patience)
        except oracle.Outside as why:
            found = f"outside: {why}"
        took = (time.perf_counter() - began) * 1000
        print(json.dumps({"id": pair["id"], "relation": found, "ms": round(took, 2)}), flush=True)


main(int(sys.argv[1]))
