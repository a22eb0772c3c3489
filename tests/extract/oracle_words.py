"""Words, n-grams and stems of src/extract beside scikit-learn's TfidfVectorizer, Python's str.lower() and Snowball in Python: every code point
that both libraries know, sigmas, damaged UTF-8, hostile and random texts.

    oracle_words.py DRIVE_EXTRACT [SEED]
"""

import random
import sys
import unicodedata

import numpy
import snowballstemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from driven import Driver
from winnow_runs import Checks

checks = Checks()
driver = Driver(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
WORD_BYTES = 1024


def analyzer(ngrams=1, **options):
    return TfidfVectorizer(ngram_range=(1, ngrams), decode_error="replace", **options).build_analyzer()


def same_words(texts, what, ngrams=1):
    analyze = analyzer(ngrams)
    for text, got in zip(texts, driver.tokens(texts, ngrams=ngrams)):
        wanted = analyze(text)
        checks.that(sorted(got) == sorted(wanted), f"{what}, {ngrams}-grams of {text[:80]!r}: got {sorted(got)[:8]}, wanted {sorted(wanted)[:8]}")


def every_code_point():
    """Each between two letters and before and behind a word; those that Unicode got after Python's version are left out."""
    known = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) not in ("Cn", "Cs")]
    texts = [(" ".join(f"q{c}w {c}x y{c} {c}{c} A\u03a3{c} A\u03a3{c}A {c}\u03a3" for c in known[i:i + 2000])).encode() for i in range(0, len(known), 2000)]
    analyze = analyzer()
    for i, (text, got) in enumerate(zip(texts, driver.tokens(texts))):
        wanted = analyze(text)
        if got != wanted:
            first = next(j for j, (a, b) in enumerate(zip(got + [""], wanted + [""])) if a != b)
            checks.that(False, f"code points {i}: got {got[first:first + 3]}, wanted {wanted[first:first + 3]}")
        else:
            checks.that(True, "")


HOSTILE = [
    b"", b" ", b"a", b"ab", b"\x00", b"ab\x00cd", b"\xff\xfe", b"ab\xffcd ef", b"caf\xc3", b"\xc3\xa9t\xc3\xa9", b"\xe2\x82", b"xy\xe2\x82zz", b"\xc0\x80ab",
    b"\xed\xa0\x80ab", b"ab\xf4\x90\x80\x80cd", b"\xf0\x9f\x98", b"\x80\x80\x80ab\xbf", b"\xef\xbb\xbfword", b"__init__ _ __", b"3.14 007 x1 1x",
    "e\u0301te\u0301 \u00e9t\u00e9".encode(), "\u0130stanbul \u0131\u0131 I\u0130I \u0130".encode(), "Stra\u00dfe STRASSE \u1e9e\u1e9e".encode(),
    "\u039f\u0394\u039f\u03a3 \u03a3\u03a3 \u03a3 a\u03a3. a\u03a3.b 'a\u03a3' \u03a3\u03a3\u03a3".encode(), b"\xc3\xceA\xce\xa3\xff \xce\xa3\xce",
    "\u6771\u4eac\u90fd \u306b\u3059\u3080 \ud55c\uae00".encode(), "\U0001f600\U0001f600 ab\U0001f468\u200d\U0001f469cd".encode(),
    "\u0661\u0662\u0663 \u00b2\u00b3 \u2167\u2168 \u4e00\u4e8c".encode(), "\u0928\u092e\u0938\u094d\u0924\u0947".encode(),
    "na\u00efve co\u00f6perate \ufb01nd".encode(), "\u00a0nbsp\u00a0here\u2003em\u2003space".encode(), b"don't can't o'clock", b"a b c dd e ff",
]


def random_text(rng):
    pieces = ["a", "B", "_", "7", " ", ".", "'", ":", "\u0301", "\u03a3", "\u03c3", "\u0130", "\u00df", "\u02b0", "\u00aa", "\u2160", "\u4e2d", "\u00ad", "\u2019",
              "\U0001f170", "\U00010400", "\ufffd", "\x00"]
    text = bytearray("".join(rng.choice(pieces) for _ in range(rng.randrange(40))).encode())
    for _ in range(rng.randrange(3)):
        if text:
            text[rng.randrange(len(text))] = rng.randrange(256)
    return bytes(text)


def long_texts():
    """A line of 10 MB, words about the bound, and n-grams whose words move within the scratch."""
    rng = random.Random(SEED)
    words = ["w%d" % rng.randrange(10**6) + "z" * rng.randrange(30) for _ in range(500_000)]
    line = " ".join(words).encode()
    checks.that(driver.tokens([line])[0] == words, "a line of ten megabytes")
    checks.that(driver.tokens([b"," * 10_000_000])[0] == [], "ten megabytes without a word")
    most, more = b"A" * WORD_BYTES, b"A" * (WORD_BYTES + 1)
    same_words([most, b"xx " + most + b" yy"], "the longest word", 2)
    checks.equal(driver.tokens([more, b"ab cd " + more + b" ef gh"], ngrams=2), [[], ["ab", "ab cd", "cd", "ef", "ef gh", "gh"]], "a word that is too long")
    checks.equal(driver.tokens(["\u00e9".encode() * 512, "\u00e9".encode() * 513]), [["\u00e9" * 512], []], "bytes are counted, not letters")
    joined = " ".join("x" * rng.randrange(2, 1000) for _ in range(1000)).encode()
    for ngrams in (2, 3, 8):
        same_words([joined], "long words", ngrams)


def stems():
    text = b"Running runners ran; hopping hoped, agreed relational conditional dying lies generously sky skies CAREFULLY national"
    german = "Die H\u00e4user der Katzen liefen aufgeregt durch Stra\u00dfen und Fl\u00fcsse".encode()
    for language, sample in (("english", text), ("porter", text), ("german", german), ("french", "continuellement majestueuses chevaux".encode()),
                             ("russian", "\u0432\u0430\u0436\u043d\u0435\u0439\u0448\u0438\u0435 \u043a\u043d\u0438\u0433\u0438".encode())):
        stemmer = snowballstemmer.stemmer(language)
        words = [stemmer.stemWord(word) for word in analyzer()(sample)]
        checks.equal(driver.tokens([sample], stem=language), [words], f"stems of {language}")
        pairs = words + [" ".join(pair) for pair in zip(words, words[1:])]
        checks.equal(sorted(driver.tokens([sample], stem=language, ngrams=2)[0]), sorted(pairs), f"pairs of {language}")
    message = driver.run(["tokens", "klingon", 1], b"", status=78)
    checks.that("klingon" in message and "english" in message, "an unknown stemmer: " + message)
    driver.run(["tokens", "none", 0], b"", status=78)
    driver.run(["tokens", "none", 9], b"", status=78)


def vectors():
    """Chosen terms, idf and rows of random texts of few words, so that counts are equal at the bound."""
    rng = random.Random(SEED + 1)
    for trial in range(20):
        n = rng.randrange(1, 60)
        texts = [" ".join(rng.choice("aa bb cc dd ee ff gg hh").replace(" ", "z") * rng.randrange(1, 3) for _ in range(rng.randrange(12))) for _ in range(n)]
        texts = [text.replace("z", " ").encode() for text in texts]
        texts[0] += b" aa bb"
        ngrams, minimum, method = rng.randrange(1, 4), rng.randrange(1, 3), rng.choice(["tf", "tfidf"])
        vectorizer = TfidfVectorizer(ngram_range=(1, ngrams), min_df=minimum, use_idf=method == "tfidf")
        try:
            wanted = vectorizer.fit_transform(texts)
        except ValueError:  # no terms are left
            continue
        found, got = driver.tfidf(texts, method, 10**9, minimum, ngrams=ngrams)
        checks.equal(sorted(found), list(vectorizer.get_feature_names_out()), f"terms of trial {trial}")
        checks.that(numpy.abs((got - wanted).toarray()).max() <= 1e-15, f"rows of trial {trial}")
        if method == "tfidf":
            checks.that(all(abs(found[term][2] - idf) <= 1e-15 * idf for term, idf in zip(vectorizer.get_feature_names_out(), vectorizer.idf_)), "idf")
        few, _ = driver.tfidf(texts, method, 5, minimum, ngrams=ngrams)
        counts = sorted((count for count, _, _ in found.values()), reverse=True)[:5]
        checks.equal(sorted((count for count, _, _ in few.values()), reverse=True), counts, f"the most frequent of trial {trial}")


every_code_point()
for n in (1, 2, 3):
    same_words(HOSTILE, "hostile", n)
    generator = random.Random(SEED)
    same_words([random_text(generator) for _ in range(3000)], "random", n)
long_texts()
stems()
vectors()
checks.close()
