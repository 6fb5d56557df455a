#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the scenarios: `run.py [ROW]...`, one line a test.

A scenario that is about rewriting or pinholes runs first with ENGINE=none and
must fail there; one about transparency must pass with both.  Every run is a
process of its own with namespaces of its own; several run side by side.

  ENGINE=none|intree|sipalg   only with this engine (default: none, sipalg)
  SLOW=N                      patience times N, for a kernel that is slow
  --silence                   only rows that wait long (for virtual time)
  --jobs N                    runs side by side (default 4)
  --list                      names and titles
"""
import argparse
import collections
import glob
import importlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import case as cases                    # noqa: E402
import report                           # noqa: E402

TIME_LIMIT = 150                        # seconds a run
SILENCE_LIMIT = 20000                   # the same in virtual time
Result = collections.namedtuple("Result", "state lines seconds")


class TooLong(Exception):
    """A run passed its time limit."""


def find_ctl():
    """The sipalgctl of this tree."""
    given = os.environ.get("SIPALGCTL")
    for path in [given] if given else sorted(
            glob.glob(TOP + "/build/**/sipalgctl", recursive=True)) + [
                TOP + "/sipalgctl"]:
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def load_module():
    """insmod sipalg.ko, once, as the README says."""
    if os.path.isdir("/sys/module/sipalg"):
        return
    module = os.environ.get("SIPALG_KO", TOP + "/sipalg.ko")
    for command in (["modprobe", "nf_conntrack"], ["modprobe", "nf_nat"],
                    ["insmod", module]):
        if subprocess.run(command, check=False).returncode:
            sys.exit("not ok module: %s failed" % " ".join(command))


def limit(row):
    return SILENCE_LIMIT if row.silence else TIME_LIMIT * cases.SLOW


def alarm(_number, _frame):
    raise TooLong("no end in time")


def one_run(row, engine, name, ctl):
    """Runs one scenario with one engine, in this process."""
    start = time.monotonic()
    state, lines, test = "pass", [], None
    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(limit(row))
    try:
        test = cases.Case(row, engine, name, ctl)
        test.run()
    except cases.Fail as failure:
        state = "fail"
        if engine != "none" or row.kind == cases.SAME:
            lines = report.explain(test, failure)
        else:
            lines = [str(failure)]
    except Exception as err:            # the scenario itself is broken
        state = "broken"
        lines = ["  " + l for l in traceback.format_exc().splitlines()]
        if test is not None:
            lines += report.explain(test, cases.Fail(str(err)))
    finally:
        signal.alarm(0)
        if test is not None:
            test.end()
    return Result(state, lines, time.monotonic() - start)


class Worker:
    """A child process with one run in it."""

    def __init__(self, row, engine, name, ctl):
        self.row, self.engine, self.name = row, engine, name
        self.started, self.data = time.monotonic(), b""
        self.pipe, write = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                os.close(self.pipe)
                result = pickle.dumps(one_run(row, engine, name, ctl))
                with os.fdopen(write, "wb") as out:
                    out.write(result)
                status = 0
            finally:
                os._exit(status)
        os.close(write)

    def read(self):
        """More of the result; True at its end."""
        chunk = os.read(self.pipe, 65536)
        self.data += chunk
        return not chunk

    def result(self):
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        if self.data:
            return pickle.loads(self.data)
        for path in glob.glob("/run/netns/%s*" % self.name):
            subprocess.run(["ip", "netns", "del", os.path.basename(path)],
                           check=False)
        return Result("broken", ["  the run ended without a result"],
                      time.monotonic() - self.started)

    def overdue(self):
        if time.monotonic() - self.started > limit(self.row) + 30:
            os.kill(self.pid, signal.SIGKILL)


class Runner:
    """Runs the wanted rows and prints one line each."""

    def __init__(self, rows, engines, jobs, ctl):
        self.rows, self.engines, self.jobs, self.ctl = rows, engines, jobs, ctl
        self.results = collections.defaultdict(dict)
        self.passed = self.failed = self.number = 0

    def wanted(self, row):
        """The engines a row runs with."""
        if row.kind == cases.MODULE:
            return [e for e in self.engines if e == "sipalg"]
        return self.engines

    def run(self):
        self._run([r for r in self.rows if not r.alone], self.jobs)
        self._run([r for r in self.rows if r.alone], 1)

    def _run(self, rows, jobs):
        todo = collections.deque((r, e) for r in rows for e in self.wanted(r))
        active = []
        while todo or active:
            while todo and len(active) < jobs:
                row, engine = todo.popleft()
                self.number += 1
                name = "sa%d.%d" % (os.getpid() % 10000, self.number)
                active.append(Worker(row, engine, name, self.ctl))
            ready = select.select([w.pipe for w in active], [], [], 5)[0]
            for worker in list(active):
                worker.overdue()
                if worker.pipe in ready and worker.read():
                    active.remove(worker)
                    self._done(worker.row, worker.engine, worker.result())

    def _done(self, row, engine, result):
        self.results[row][engine] = result
        if len(self.results[row]) == len(self.wanted(row)):
            self._print(row, self.results[row])

    def _print(self, row, results):
        bad = []
        for engine, result in results.items():
            bad += self._judge(row, engine, result)
        seconds = sum(r.seconds for r in results.values())
        self.passed += not bad
        self.failed += bool(bad)
        print("%s %s %s (%.1f s)" % ("not ok" if bad else "ok", row.name,
                                     row.title, seconds))
        for line in bad:
            print("#" + line)
        if bad:
            print("#  again: ONLY=%s scripts/test" % row.name)
        sys.stdout.flush()

    def _judge(self, row, engine, result):
        """Lines that say why a run's result is not what it has to be."""
        head = "  [ENGINE=%s]" % engine
        if result.state == "broken":
            return [head + " the scenario broke"] + result.lines
        if engine == "none" and row.kind == cases.HELPED:
            if result.state == "fail":
                return []
            return [head + " passes without the module: it proves nothing"]
        if result.state == "pass":
            return []
        return [head] + result.lines


def choose(rows, only, silence):
    """Rows by name: I-01, or I-01/kamailio; all when none is named."""
    rows = [r for r in rows if r.silence == silence]
    if not only:
        return rows
    return [r for r in rows
            if r.name in only or r.name.split("/")[0] in only]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--silence", action="store_true")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    for path in sorted(glob.glob(HERE + "/rows_*.py")):
        importlib.import_module(os.path.basename(path)[:-3])
    rows = choose(cases.ROWS, options.rows, options.silence)
    if options.list:
        for row in rows:
            print("%-14s %-7s %s" % (row.name, row.kind, row.title))
        return 0
    engine = os.environ.get("ENGINE")
    engines = [engine] if engine else ["none", "sipalg"]
    ctl = find_ctl()
    if "sipalg" in engines:
        load_module()
    runner = Runner(rows, engines, options.jobs, ctl)
    runner.run()
    print("%d passed, %d failed" % (runner.passed, runner.failed))
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
