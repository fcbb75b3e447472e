"""What it costs to check a text while a model writes it, word by word, without a judge.

Run: .venv/bin/python benchmarks/text_checks.py [--words 500]

Against: checking all that was written so far with each word, which would find as much. Target: a
word costs at most a fifth of that, and the dearest one, with its sentence's end, below 5 % of the
second that a child takes to read three words. In processor time, so that nothing else counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import cycle, islice

from installation import set_up

set_up()

from pipelines import registry  # noqa: E402
from pipelines.safety.screening import Screening  # noqa: E402
from pipelines.safety.text_gate import TextGate  # noqa: E402

SENTENCES = (
    "Die große Katze schläft am Tag unter dem alten Apfelbaum und träumt von fliegenden Fischen. "
    "Nachts, wenn der Mond über dem Dach der Schule steht, zählt sie die Sterne. „Einer fehlt“, "
    "sagt sie leise … Dann springt sie über den Zaun, quer durch den Garten, und sucht ihn!\n"
)
TARGET_RATIO, TARGET_SECONDS = 0.2, 0.05


def main(count: int) -> int:
    screening = Screening(registry.get_safety_lists())
    words = [f"{word} " for word in islice(cycle(SENTENCES.split(" ")), count)]
    gate = TextGate(screening, "kids", stage=2)
    gated, whole, text = [], [], ""
    for word in words:
        text += word
        begin = time.thread_time()
        gate.feed(word)
        between = time.thread_time()
        screening.check_passage(text, "kids", stage=2)
        gated.append(between - begin)
        whole.append(time.thread_time() - between)
    ratio = sum(gated) / sum(whole)
    print(f"words               {count}, {len(text)} characters")
    print(f"a word, mean        {statistics.mean(gated) * 1000:8.3f} ms")
    print(f"a word, median      {statistics.median(gated) * 1000:8.3f} ms")
    print(f"a word, worst       {max(gated) * 1000:8.3f} ms   (target {TARGET_SECONDS * 1000:g})")
    print(f"the whole, once     {whole[-1] * 1000:8.3f} ms")
    print(f"against the whole with each word {ratio:8.3f}   (target {TARGET_RATIO})")
    return int(ratio > TARGET_RATIO or max(gated) > TARGET_SECONDS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=500)
    raise SystemExit(main(parser.parse_args().words))
