"""Which engine the lab runs on is a pure function of what is known."""

from __future__ import annotations

import pytest

from toolchain.setup.console import SetupError
from toolchain.setup.engine_choice import Facts, choose

SOCKET = "unix:///var/run/docker.sock"
PRIVATE = "unix:///run/docklab/0123abcd/docker.sock"
NOT_ROOT = ("a private engine needs root, and this is user id 1000",)


def test_a_docker_host_of_the_user_that_answers_wins_over_all() -> None:
    facts = Facts(
        docker_host="tcp://10.0.0.1:2375",
        private_exists=True,
        private_host=PRIVATE,
        answering=(SOCKET,),
    )
    assert choose(facts).docker_host == "tcp://10.0.0.1:2375"


def test_a_docker_host_that_does_not_answer_is_an_error_and_no_reason_to_take_another() -> None:
    facts = Facts(
        docker_host="unix:///nowhere",
        docker_host_problem="No such file or directory",
        answering=(SOCKET,),
    )
    with pytest.raises(
        SetupError, match="DOCKER_HOST=unix:///nowhere does not answer: No such file"
    ):
        choose(facts)


@pytest.mark.parametrize("name", ["DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_CERT_MATERIAL"])
def test_a_variable_that_redirects_the_provider_is_refused_by_name(name: str) -> None:
    with pytest.raises(SetupError, match=f"{name} is set: .*Unset it"):
        choose(Facts(redirects=(name,), docker_host=SOCKET, answering=(SOCKET,)))


def test_the_private_engine_of_an_earlier_setup_stays_in_use_when_another_appears() -> None:
    facts = Facts(private_exists=True, private_host=PRIVATE, answering=(SOCKET,))
    assert choose(facts).docker_host == PRIVATE


def test_a_user_who_is_not_root_is_not_sent_to_a_private_engine_of_root() -> None:
    facts = Facts(
        private_exists=True, private_host=PRIVATE, answering=(SOCKET,), obstacles=NOT_ROOT
    )
    assert choose(facts).docker_host == SOCKET


def test_an_engine_that_answers_is_used_before_one_is_made() -> None:
    assert choose(Facts(private_host=PRIVATE, answering=(SOCKET,))).docker_host == SOCKET


def test_without_any_engine_a_private_one_is_made_where_it_can_be() -> None:
    assert choose(Facts(private_host=PRIVATE)).docker_host == PRIVATE


def test_where_none_can_be_made_everything_in_the_way_is_named_with_the_ways_out() -> None:
    facts = Facts(obstacles=("this root lacks CAP_SYS_ADMIN", "control groups are not mounted"))
    with pytest.raises(SetupError) as caught:
        choose(facts)
    text = str(caught.value)
    for part in ("CAP_SYS_ADMIN", "control groups", "Ways out", "DOCKER_HOST="):
        assert part in text


def test_a_socket_that_refuses_the_user_gets_the_advice_about_its_group() -> None:
    with pytest.raises(SetupError, match="usermod -aG docker"):
        choose(Facts(refused=(SOCKET,), obstacles=NOT_ROOT))
