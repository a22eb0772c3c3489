"""No two files of src/ define the same name: of two the linker takes the first that it meets, and every caller of the other gets it too.

    symbols.py NM LIBRARY...
"""

import collections
import subprocess
import sys

from winnow_runs import Checks

NM, LIBRARIES = sys.argv[1], sys.argv[2:]
checks = Checks()
files = collections.defaultdict(set)
for library in LIBRARIES:
    listed = subprocess.run([NM, "-A", "-g", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        place, name = line.split(":")[1], line.split()[-1]
        files[name].add((library, place))
checks.that(len(files) > 500, f"{len(files)} names are looked at")
for name, places in files.items():
    checks.that(len(places) == 1 or name.startswith("__"), f"{name} is defined in {sorted(places)}")
checks.close()
