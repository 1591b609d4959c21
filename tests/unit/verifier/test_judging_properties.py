"""Properties of the judge over arbitrary facts."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.verifier.facts_of_a_lab import DEMOS, IDENTITY, REMAPPED, lab, report_of, spec_for, target
from unit.verifier.facts_of_a_lab import INSIDE as INSIDE_OF_A_DEMO

from verifier.facts import (
    ALWAYS_REQUIRED,
    NAMESPACES,
    Demonstration,
    Facts,
    Init,
    Target,
    Unread,
)
from verifier.judge import judge
from verifier.render import render

INSIDE = ("status", "view", "root", "mounts", "sockets")
REASONS = st.sampled_from(["EACCES", "EPERM", "ENOENT", "ESRCH", "EMFILE", "deadline", "odd\x1b["])
UNREAD = REASONS.map(Unread)
NS = st.one_of(st.tuples(st.just(4), st.integers(100, 130)), UNREAD)
MAPS = st.one_of(st.sampled_from([REMAPPED, IDENTITY, ((0, 0, 1),), ((0, 5, 9),)]), UNREAD)
INITS = st.one_of(
    st.builds(
        Init,
        pid=st.integers(1, 9),
        starttime=st.integers(0, 9),
        source=st.sampled_from(["cgroup", "shim"]),
        shim=st.sampled_from([0, 501, 502]),
    ),
    st.just(Init(problem="gone")),
)

FOLDERS = st.fixed_dictionaries({"/dev/mqueue": UNREAD, "/dev/shm": UNREAD})
DEMO = st.one_of(
    UNREAD,
    st.builds(
        Demonstration,
        changed=st.booleans(),
        inside=st.sampled_from([{}, *INSIDE_OF_A_DEMO.values()]),
        found=st.booleans(),
        seen_by=st.sampled_from([(), ("c1",)]),
        blind=st.sampled_from([{}, {"c2": "EPERM"}]),
    ),
)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    number = draw(st.integers(2, 4))
    targets = [_any_target(draw, n) for n in range(1, number + 1)]
    facts = lab(
        *targets,
        cgroup=draw(st.sampled_from(["v1", "v2", "hybrid", "none"])),
        kthreadd=draw(st.booleans()),
        capabilities=draw(st.sampled_from([0, 1 << 19])),
        namespaces=tuple(draw(st.sampled_from([NAMESPACES, NAMESPACES[:7], NAMESPACES[1:]]))),
    )
    shims = {
        pid: replace(
            shim,
            ns={**shim.ns, **draw(st.dictionaries(st.sampled_from(NAMESPACES), NS, max_size=1))},
            uid_map=draw(MAPS),
        )
        for pid, shim in facts.shims.items()
    }
    queues = {**facts.queues, **draw(st.dictionaries(st.just("c1"), UNREAD))}
    posix = {**facts.posix, **draw(st.dictionaries(st.just("c1"), FOLDERS))}
    demos = {**facts.demos, **draw(st.dictionaries(st.sampled_from(sorted(DEMOS)), DEMO))}
    facts = replace(facts, posix=posix, demos=demos)
    return replace(facts, shims=shims, queues=queues, retried=draw(st.booleans()))


def _any_target(draw: st.DrawFn, number: int) -> Target:
    made = target(number, uid_map=draw(MAPS), gid_map=draw(MAPS), init=draw(INITS))
    bent = draw(st.dictionaries(st.sampled_from(NAMESPACES), NS, max_size=8))
    made = replace(made, ns={**made.ns, **bent}, moved=draw(st.sampled_from(["", "", "ended"])))
    blind = draw(st.sets(st.sampled_from(INSIDE), max_size=1))
    return replace(made, **{name: draw(UNREAD) for name in blind})


def _unread_and_required(facts: Facts) -> bool:
    shims = [shim.ns[name] for shim in facts.shims.values() for name in ALWAYS_REQUIRED]
    mine = [one.ns[name] for one in facts.targets for name in ALWAYS_REQUIRED]
    inside = [getattr(one, name) for one in facts.targets for name in INSIDE]
    files = [seen for folders in facts.posix.values() for seen in folders.values()]
    values = (*shims, *mine, *inside, *files, *facts.queues.values(), *facts.demos.values())
    return any(isinstance(value, Unread) for value in values)


@settings(max_examples=20, deadline=None)
@given(any_facts())
def test_no_report_with_an_unread_required_fact_is_isolated(facts: Facts) -> None:
    made = report_of(facts)
    doubtful = (
        _unread_and_required(facts)
        or any(one.moved or not one.init.pid or not one.init.shim for one in facts.targets)
        or not facts.observer.capabilities
        or facts.observer.namespaces[0] != "mnt"
    )
    if doubtful:
        assert made["verdict"] != "isolated"


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(ALWAYS_REQUIRED), st.integers(0, 2), REASONS, st.integers(2, 4))
def test_one_unread_namespace_in_a_sound_lab_is_never_isolated(
    name: str, position: int, why: str, number: int
) -> None:
    targets = [target(n) for n in range(1, number + 1)]
    chosen = targets[position % number]
    targets[position % number] = replace(chosen, ns={**chosen.ns, name: Unread(why)})
    assert report_of(lab(*targets))["exit_code"] == 3


@settings(max_examples=20, deadline=None)
@given(any_facts())
def test_two_containers_in_one_required_namespace_are_never_isolated(facts: Facts) -> None:
    for name in ALWAYS_REQUIRED:
        values = [one.ns[name] for one in facts.targets]
        if len(set(values)) < len(values):
            assert report_of(facts)["verdict"] != "isolated"


@settings(max_examples=20, deadline=None)
@given(any_facts(), st.randoms(use_true_random=False))
def test_the_order_of_containers_never_matters(facts: Facts, random: object) -> None:
    shuffled = list(facts.targets)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    mixed = replace(facts, targets=tuple(shuffled), shims=dict(sorted(facts.shims.items())[::-1]))
    one, other = judge(spec_for(facts), facts), judge(spec_for(mixed), mixed)
    assert one.verdict == other.verdict
    assert {(c.id, c.subject, c.status) for c in one.checks} == {
        (c.id, c.subject, c.status) for c in other.checks
    }


@settings(max_examples=20, deadline=None)
@given(any_facts())
def test_every_judged_report_can_be_rendered_and_ends_with_its_verdict(facts: Facts) -> None:
    made = report_of(facts)
    text = render(json.loads(json.dumps(made)))
    assert f"verdict: {made['verdict'].upper().replace('_', ' ')}" in text
    assert all(character.isprintable() or character == "\n" for character in text)
