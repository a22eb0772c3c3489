"""The command line itself: help and version on stdout with status 0, usage errors on stderr with status 2, each told
once also under mpirun; verbs and options that are not built are refused."""

import sys

from winnow_runs import Checks, winnow

PROGRAM = sys.argv[1]
BUILT = ["run", "check", "inspect", "convert", "generate", "apply", "report", "compare", "merge"]
UNBUILT = ["export", "verify", "watch", "scale"]

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
    usage_error(["apply", "run", "a.h5", "-o", "o.h5", "--id", "a", "--id", "b", "--id", "a"], "--id a is given twice")
    usage_error(["inspect"], "a file is missing")
    usage_error(["report"], "a run directory is missing")
    usage_error(["report", "a", "b"], "one run is enough")
    for runs in ([], ["a"], ["a", "b", "c"]):
        usage_error(["compare", *runs], "two run directories are wanted")
    for recipes in ([], ["a", "-o", "c.h5"], ["a", "b"]):
        usage_error(["merge", *recipes], "two or more recipes and -o RECIPE.h5 are needed")
    usage_error(["convert"], "-o TABLE.h5 is missing")
    usage_error(["convert", "-o", "a.h5"], "a source is missing")


def generate_errors():
    few = ["-o", "there-is-none", "--rows", "10", "--columns", "4"]
    for arguments in ([], few[:4], few[2:], ["-o", "x", "--columns", "3"]):
        usage_error(["generate", *arguments], "-o DIR, --rows N and --columns P are needed")
    for wrong in ("0", "-3", "1e6", "", "many", "99999999999999999999"):
        usage_error(["generate", *few, "--rows", wrong], "--rows wants a whole number from 1 to")
        usage_error(["generate", *few, "--columns", wrong], "--columns wants a whole number from 1 to")
        usage_error(["generate", *few, "--files", wrong], "--files wants a whole number from 1 to")
    for wrong in ("-0.1", "1", "nan", "inf"):
        usage_error(["generate", *few, "--missing", wrong], "missing cells and outliers are shares from 0 to below 1")
        usage_error(["generate", *few, "--outliers", wrong], "missing cells and outliers are shares from 0 to below 1")
        usage_error(["generate", *few, "--duplicates", wrong], "duplicates are a share from 0 to below 1")
        usage_error(["generate", *few, "--noise", wrong], "noise is a share from 0")
    for wrong in ("", "few", "0.1x"):
        usage_error(["generate", *few, "--missing", wrong], "--missing wants numbers")
    for wrong in ("3", "3x", "x3", "3x4x5", "-1x2", "three"):
        usage_error(["generate", *few, "--categories", wrong], "--categories wants COUNTxLEVELS as in 3x12")
    for arguments, message in ((["--missing", "0.5", "--outliers", "0.5"], "together too"), (["--categories", "3x1"], "of 2 to"),
                               (["--classes", "1"], "--classes wants a whole number from 2"), (["--priors", "1,2", "--classes", "3"], "--priors has 2 shares for 3"),
                               (["--priors", "1,0"], "priors are above 0"), (["--priors", "1,"], "--priors wants numbers"), (["--priors", "1"], "classes are 2 to"),
                               (["--regression", "--classes", "2"], "--regression has no classes"), (["--regression", "--noise", "0"], "noise is a share"),
                               (["--informative", "5"], "at most the 4 columns"), (["--category-type", "text"], "--category-type is of --categories"),
                               (["--categories", "2x3", "--category-type", "word"], "--category-type is code or text"), (["--categories", "1000x100000"], "levels, all columns together"),
                               (["--columns", "100000", "--informative", "90000", "--classes", "1000"], "informative columns x classes"), (["--informative", "3", "--redundant", "2"], "at most the 4 columns"),
                               (["--informative", "0", "--redundant", "1"], "redundant columns follow informative ones"),
                               (["--correlation", "1.5"], "correlation is -1 to 1"), (["--separation", "0"], "separation is above 0"),
                               (["--order", "random"], "--order is shuffled or sorted, not 'random'"), (["--type", "float16"], "--type is float32, float64,"),
                               (["--filter", "zip"], "--filter is none, gzip or gzip+shuffle"), (["--level", "3"], "--level is 1 to 9, of --filter gzip"),
                               (["--filter", "gzip", "--level", "10"], "--level is 1 to 9"), (["--files", "11"], "no more than rows"),
                               (["--layout", "contiguous", "--chunk", "5"], "a contiguous layout has no chunks"), (["--chunk", "300000000"], "smaller than 4 GiB"),
                               (["--layout", "contiguous", "--filter", "gzip"], "a contiguous layout has no chunks"), (["more"], "takes options alone")):
        usage_error(["generate", *few, *arguments], message)


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
generate_errors()
told_once_under_mpirun()
checks.close()
