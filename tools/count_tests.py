"""Sums ctest's logs into the closing line "N passed, N failed, N skipped"; a skip that tests/README.md does not list fails.

    count_tests.py README LOG...
"""

import re
import sys

RESULT = re.compile(r"^\s*(?:\d+/\d+)?\s*Test\s+#\d+: (\S+) \.*\s*(\*\*\*)?(\w+)")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        may_skip = set(re.findall(r"^- skip: `([^`]+)`", file.read(), re.M))
    passed = failed = 0
    skipped, unlisted = [], []
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", errors="replace") as file:
            matches = [RESULT.match(line) for line in file]
        last = {match.group(1): match.group(3) for match in matches if match}  # of a test that was tried again
        for name, word in last.items():
            if word == "Passed":
                passed += 1
            elif word == "Skipped":
                skipped.append(name)
                if name not in may_skip:
                    unlisted.append(name)
            else:
                failed += 1
    for name in unlisted:
        print(f"check: {name} was skipped, and tests/README.md does not list it")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed or unlisted or not passed else 0


sys.exit(main())
