"""The command line itself: help and version on stdout with status 0, usage errors on stderr with status 2, each told
once also under mpirun; verbs and options that are not built are refused."""

import sys

from winnow_runs import Checks, winnow

PROGRAM = sys.argv[1]
BUILT = ["run", "check", "inspect", "convert", "apply", "report", "compare"]
UNBUILT = ["generate", "export", "merge", "verify", "watch", "scale"]

checks = Checks()


def usage_error(arguments, message, n_ranks=0):
    result = winnow(PROGRAM, arguments, n_ranks=n_ranks)
    checks.equal(result.returncode, 2, f"status of {arguments}")
    checks.that(message in result.stderr, f"{arguments}: {result.stderr!r} lacks {message!r}")
    checks.equal(result.stdout, "", f"stdout of {arguments}")
    checks.that("--help" in result.stderr, f"{arguments}: no hint at --help")
    return result


def help_and_version():
    result = winnow(PROGRAM, ["--help"])
    checks.equal((result.returncode, result.stderr), (0, ""), "winnow --help")
    for verb in BUILT:
        checks.that(f"winnow {verb} " in result.stdout, f"--help lacks {verb}")
        own = winnow(PROGRAM, [verb, "--help"])
        checks.equal((own.returncode, own.stderr), (0, ""), f"winnow {verb} --help")
        checks.that(f"Usage: winnow {verb}" in own.stdout, f"winnow {verb} --help says its usage")
    for verb in UNBUILT:
        checks.that(f"winnow {verb} " not in result.stdout, f"--help lists {verb}, which is not built")
    result = winnow(PROGRAM, ["--version"])
    checks.equal((result.returncode, result.stderr), (0, ""), "winnow --version")
    checks.that(result.stdout.startswith("winnow ") and result.stdout.count(".") == 2, "a version of three numbers")


def usage_errors():
    usage_error([], "winnow: a verb is missing")
    usage_error(["rnu"], "winnow: 'rnu' is not a verb; did you mean run?")
    usage_error(["zzzzzzz"], "winnow: 'zzzzzzz' is not a verb")
    for verb in UNBUILT:
        usage_error([verb], f"winnow: {verb} is not built yet")
    usage_error(["run"], "a job file is missing")
    usage_error(["run", "a.yaml", "b.yaml"], "one job file is enough")
    usage_error(["run", "a.yaml", "--bogus"], "--bogus")
    usage_error(["run", "a.yaml", "--resume", "maybe"], "--resume is auto or never, not maybe")
    usage_error(["run", "a.yaml", "--ranks", "3"], "--ranks is for --dry-run")
    for wrong in ("0", "-1", "many", ""):
        usage_error(["run", "a.yaml", "--dry-run", "--ranks", wrong], "--ranks wants a number of ranks from 1 on")
    for wrong in ("-1", "soon", "nan", "inf", ""):
        usage_error(["run", "a.yaml", "--max-hours", wrong], "--max-hours wants a number from 0 on")
        usage_error(["run", "a.yaml", "--hang-minutes", wrong], "--hang-minutes wants a number from 0 on")
    usage_error(["check"], "a job file is missing")
    usage_error(["inspect"], "a file is missing")
    usage_error(["report"], "a run directory is missing")
    usage_error(["report", "a", "b"], "one run is enough")
    for runs in ([], ["a"], ["a", "b", "c"]):
        usage_error(["compare", *runs], "two run directories are wanted")
    usage_error(["convert"], "-o TABLE.h5 is missing")
    usage_error(["convert", "-o", "a.h5"], "a source is missing")


def told_once_under_mpirun():
    result = usage_error(["run", "--bogus"], "--bogus", n_ranks=3)
    checks.equal(result.stderr.count("unrecognized option"), 1, "lines of an unknown option on 3 ranks")
    result = usage_error(["run"], "a job file is missing", n_ranks=3)
    checks.equal(result.stderr.count("a job file is missing"), 1, "lines of a missing job on 3 ranks")
    result = winnow(PROGRAM, ["run", "--help"], n_ranks=3)
    checks.equal((result.returncode, result.stdout.count("Usage:")), (0, 1), "run --help on 3 ranks")
    result = winnow(PROGRAM, ["run", "there-is-no-such-job.yaml"], n_ranks=3)
    checks.equal((result.returncode, result.stderr.count("winnow: ")), (66, 1), "a missing job file on 3 ranks")
    checks.that("there-is-no-such-job.yaml" in result.stderr, "the missing job file is named")


help_and_version()
usage_errors()
told_once_under_mpirun()
checks.close()
