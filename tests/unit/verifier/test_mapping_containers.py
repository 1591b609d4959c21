"""Which process is a container's first one, and what hostile processes cannot change about it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.facts import Init, Process
from verifier.mapping import find_inits

ONE, TWO = "a" * 64, "b" * 64


def process(pid: int, ppid: int, start: int, *ids: str, shim: str = "", comm: str = "x") -> Process:
    return Process(pid=pid, ppid=ppid, comm=comm, starttime=start, ids=ids, shim_id=shim)


SHIM_ONE = process(10, 1, 100, shim=ONE, comm="containerd-shim")
SHIM_TWO = process(20, 1, 100, shim=TWO, comm="containerd-shim")


def test_the_init_is_the_child_of_the_shim_and_not_its_own_children() -> None:
    found = find_inits([SHIM_ONE, process(11, 10, 101, ONE), process(12, 11, 102, ONE)], [ONE])
    assert found[ONE] == Init(pid=11, starttime=101, source="cgroup+shim", shim=10, others=0)


def test_a_process_of_docker_exec_is_not_the_init_whatever_its_pid() -> None:
    found = find_inits([SHIM_ONE, process(900, 10, 101, ONE), process(12, 10, 300, ONE)], [ONE])
    assert (found[ONE].pid, found[ONE].others) == (900, 1)


def test_without_cgroups_the_shims_arguments_tell() -> None:
    found = find_inits([SHIM_ONE, process(11, 10, 101)], [ONE])
    assert (found[ONE].pid, found[ONE].source, found[ONE].shim) == (11, "shim", 10)


def test_an_id_that_nothing_runs_under_is_a_problem() -> None:
    found = find_inits([SHIM_ONE, process(11, 10, 101, ONE)], [ONE, TWO])
    assert found[TWO] == Init(problem="no process belongs to this container id")


def test_a_parent_that_is_no_shim_of_this_container_is_not_taken_for_one() -> None:
    found = find_inits([SHIM_TWO, process(11, 20, 101, ONE)], [ONE])
    assert (found[ONE].pid, found[ONE].shim, found[ONE].source) == (11, 0, "cgroup")


def test_a_process_in_a_container_that_calls_itself_a_shim_is_ignored() -> None:
    fake = process(12, 11, 102, ONE, shim=TWO, comm="containerd-shim")
    found = find_inits(
        [SHIM_ONE, process(11, 10, 101, ONE), fake, process(13, 12, 103, ONE)], [ONE, TWO]
    )
    assert found[TWO].pid == 0
    assert found[ONE].pid == 11


def test_two_shims_for_one_id_are_a_problem_and_not_a_choice() -> None:
    twin = process(30, 1, 100, shim=ONE, comm="containerd-shim")
    found = find_inits([SHIM_ONE, twin, process(11, 10, 101), process(31, 30, 101)], [ONE])
    assert found[ONE].problem == "several processes say they are its containerd-shim: 10, 30"


def test_a_process_whose_cgroups_contradict_each_other_belongs_to_nobody() -> None:
    older = process(5, 1, 1, TWO, ONE)
    found = find_inits([SHIM_ONE, older, process(11, 10, 101, ONE)], [ONE])
    assert found[ONE].pid == 11


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_order_of_the_scan_never_matters(data: st.DataObject) -> None:
    some = data.draw(
        st.lists(
            st.builds(
                process,
                st.integers(1, 12),
                st.integers(0, 12),
                st.integers(0, 3),
                st.sampled_from([ONE, TWO]),
                shim=st.sampled_from(["", ONE, TWO]),
            ),
            unique_by=lambda one: one.pid,
            max_size=8,
        )
    )
    mixed = data.draw(st.permutations(some))
    assert find_inits(some, [ONE, TWO]) == find_inits(mixed, [TWO, ONE])
