"""docs/job.md is what `winnow run --help-keys` prints; the man page names every verb and option that is built."""

import os
import re
import sys

from winnow_runs import Checks, winnow

PROGRAM, SOURCE = sys.argv[1:3]
checks = Checks()

printed = winnow(PROGRAM, ["run", "--help-keys"])
checks.equal(printed.returncode, 0, "status of --help-keys")
with open(os.path.join(SOURCE, "docs", "job.md"), encoding="utf-8") as file:
    checks.that(printed.stdout == file.read(), "docs/job.md differs from `winnow run --help-keys`")

with open(os.path.join(SOURCE, "docs", "winnow.1"), encoding="utf-8") as file:
    page = file.read().replace("\\-", "-")
for verb in re.findall(r"winnow (\w+) [A-Z]", winnow(PROGRAM, ["--help"]).stdout):
    checks.that(f"winnow {verb}" in page, f"the man page lacks {verb}")
    for option in re.findall(r"--([a-z-]+)", winnow(PROGRAM, [verb, "--help"]).stdout):
        if option not in ("help", "usage"):
            checks.that(f"--{option}" in page, f"the man page lacks --{option} of {verb}")

checks.close()
