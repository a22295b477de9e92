"""Selects version histories of AWS-managed policies: python3 select.py managedPolicies.json histories.jsonl.gz

Policies that use rare operators come first, then those that have most versions, operators and variables for their size,
until the file has the size that the repository can bear.
"""

import collections
import gzip
import json
import sys
import zlib

LIMIT = 390_000  # bytes, compressed


def statements(document):
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def history(policy):
    versions = sorted(policy["versions"].items(), key=lambda v: int(v[0][1:]))
    return [(name, v["document"]) for name, v in versions]


def main(source, target):
    policies = json.load(open(source))
    lines, operators, worth = {}, {}, {}
    for name, policy in policies.items():
        versions = history(policy)
        if len(versions) < 2:
            continue
        record = {"name": name, "versions": dict(versions)}
        lines[name] = (json.dumps(record, separators=(",", ":")) + "\n").encode()
        used = collections.Counter()
        for _, document in versions:
            for s in statements(document):
                used.update(s.get("Condition", {}).keys())
                used.update(k for k in ("NotAction", "NotResource") if k in s)
                used.update(["Deny"] if s["Effect"] == "Deny" else [])
            used.update(["variable"] if "${" in json.dumps(document) else [])
        operators[name] = set(used)
        cost = len(zlib.compress(lines[name], 9))
        worth[name] = (1 + len(used)) * len(versions) / cost
    ranked = sorted(worth, key=lambda n: (-worth[n], n))
    chosen, size, covered = [], 0, collections.Counter()
    for rare in (True, False):
        for name in ranked:
            wanted = any(covered[o] < 4 for o in operators[name])
            cost = len(zlib.compress(lines[name], 9))
            if name in chosen or (rare and not wanted) or size + cost > LIMIT:
                continue
            chosen.append(name)
            covered.update(operators[name])
            size += cost
    chosen.sort()
    with open(target, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as out:
        for name in chosen:
            out.write(lines[name])
    pairs = sum(len(policies[n]["versions"]) - 1 for n in chosen)
    print(f"{len(chosen)} policies, {pairs} consecutive pairs")
    print(dict(covered.most_common()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
