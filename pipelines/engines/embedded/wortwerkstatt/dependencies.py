"""Dependency graph: what the things of the sentence need, and where their threads meet."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.phrases import Thing
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch
from pipelines.engines.embedded.wortwerkstatt.words import capital, closed

_MOST_CHAINS = 4
_LONGEST_CHAIN = 4


def first_need(sketch: Sketch, thing: Thing, needs: dict[str, list[str]]) -> list[str]:
    """What `thing` needs: by its own name, by the end of its name, else by its kind."""
    name = thing.noun.lemma.lower()
    for known, direct in needs.items():
        if name == known.lower() or (sketch.language == "de" and name.endswith(known.lower())):
            return direct
    return needs[f"*{thing.noun.kind}"]


def chain(sketch: Sketch, thing: Thing, graph: dict[str, Any]) -> list[str]:
    """A walk down the graph from `thing`, never through the same node twice."""
    walk = [sketch.pick(first_need(sketch, thing, graph["things"]))]
    while len(walk) < _LONGEST_CHAIN:
        ahead = [node for node in graph["nodes"].get(walk[-1], []) if node not in walk]
        if not ahead:
            break
        walk.append(sketch.pick(ahead))
    return walk


def told(walk: list[str], thing: Thing, words: dict[str, Any]) -> str:
    """One sentence: the bicycle needs rubber, rubber needs rain."""
    links = [f"{capital(thing.the())} {words['need_many' if thing.plural else 'need']} {walk[0]}"]
    for one, next_ in pairwise(walk):
        verb = words["need_many" if one in words["plurals"] else "need"]
        links.append(f"{one} {verb} {next_}")
    return ", ".join(links) + "."


def planetarized(sketch: Sketch) -> str:
    graph = load("graph", sketch.language)
    lines = [closed(sketch.text), sketch.pick(graph["turn"])]
    walks = [(thing, chain(sketch, thing, graph)) for thing in sketch.things[:_MOST_CHAINS]]
    lines += [told(walk, thing, graph) for thing, walk in walks]
    for (one, first), (other, second) in pairwise(walks):
        if shared := [node for node in first if node in second]:
            meeting = graph["meeting"].format(one=one.name, other=other.name, node=shared[0])
            lines.append(meeting)
            break
    lines.append(filled(sketch, sketch.pick(graph["last"])))
    return " ".join(lines)
