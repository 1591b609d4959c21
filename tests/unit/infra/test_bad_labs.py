"""Every mistake in a lab's YAML is refused by its key, its value and a way out."""

import re

import pulumi
import pytest
from lab_values import GONE, changed, good_lab

from infra.config import parse

WEB = "containers.web"

BAD = {
    "an unknown key": (
        [(f"{WEB}.memroy", "64MiB")],
        "lab.containers.web.memroy: is not a setting here; did you mean memory?",
    ),
    "an unknown key at the top": (
        [("networking", {})],
        "lab.networking: is not a setting here; did you mean networks? known: host, images,",
    ),
    "a missing image": (
        [(f"{WEB}.image", GONE)],
        "lab.containers.web.image: is missing; write a key of lab.images",
    ),
    "a missing host": (
        [("host", GONE)],
        "lab.host: is missing; write where the lab runs, such as {kind: local}",
    ),
    "an unknown kind of host": (
        [("host.kind", "moon")],
        "lab.host.kind: moon is not one of local",
    ),
    "no containers": ([("containers", {})], "lab.containers: must not be empty; write"),
    "no images": ([("images", {})], "lab.images: must not be empty; write"),
    "overlapping subnets": (
        [("networks.back.subnet", "172.30.0.0/16"), ("networks.back.gateway", "172.30.0.1")],
        "lab.networks.back.subnet: 172.30.0.0/16 overlaps 172.30.10.0/24 of network front; "
        "give each a range of its own",
    ),
    "a public subnet": (
        [("networks.front.subnet", "8.8.8.0/24")],
        "lab.networks.front.subnet: 8.8.8.0/24 is not private; take a range inside 10.0.0.0/8",
    ),
    "the engine's own range": (
        [("networks.front.subnet", "172.17.5.0/24")],
        "172.17.5.0/24 overlaps 172.17.0.0/16, the engine's default bridge",
    ),
    "host bits": (
        [("networks.front.subnet", "172.30.10.5/24")],
        "172.30.10.5/24 has host bits set; the range is 172.30.10.0/24",
    ),
    "no prefix length": (
        [("networks.front.subnet", "172.30.10.0")],
        "172.30.10.0 has no prefix length; write it as in 172.30.10.0/24",
    ),
    "no range at all": (
        [("networks.front.subnet", "front")],
        "'front' is not an IPv4 range; write it as in 172.30.10.0/24",
    ),
    "a subnet for nobody": (
        [("networks.front.subnet", "172.30.10.0/30")],
        "172.30.10.0/30 is too small for a gateway and containers; take /29 or wider",
    ),
    "a subnet too small for its containers": (
        [
            ("networks.back.subnet", "172.30.20.8/29"),
            ("containers.keeper.networks.back.address", "172.30.20.10"),
            *((f"containers.c{i}", {"image": "base", "networks": {"back": {}}}) for i in range(5)),
        ],
        "lab.networks.back.subnet: 172.30.20.8/29 has room for 5 containers and 6 are on it",
    ),
    "a gateway outside": (
        [("networks.front.gateway", "172.30.11.1")],
        "lab.networks.front.gateway: 172.30.11.1 is outside the subnet 172.30.10.0/24; "
        "172.30.10.1 is the usual choice",
    ),
    "a gateway that is the broadcast address": (
        [("networks.front.gateway", "172.30.10.255")],
        "172.30.10.255 is the network or broadcast address of 172.30.10.0/24",
    ),
    "an address outside": (
        [(f"{WEB}.networks.front.address", "172.30.20.10")],
        "lab.containers.web.networks.front.address: 172.30.20.10 is outside the subnet "
        "172.30.10.0/24 of network front",
    ),
    "an address that is the gateway's": (
        [(f"{WEB}.networks.front.address", "172.30.10.1")],
        "172.30.10.1 is the gateway of network front; take another",
    ),
    "an address that is the network's": (
        [(f"{WEB}.networks.front.address", "172.30.10.0")],
        "172.30.10.0 is the network or broadcast address of 172.30.10.0/24",
    ),
    "an address taken twice": (
        [("containers.visitor.networks.front", {"address": "172.30.10.10"})],
        "lab.containers.visitor.networks.front.address: 172.30.10.10 is already container web's",
    ),
    "no address": (
        [(f"{WEB}.networks.front.address", "web")],
        "'web' is not an IPv4 address; write it as in 172.30.10.10",
    ),
    "an undeclared network": (
        [(f"{WEB}.networks.side", {})],
        "lab.containers.web.networks.side: 'side' is no network of this lab; declared: front, back",
    ),
    "an undeclared volume": (
        [(f"{WEB}.volumes.0.volume", "date")],
        "lab.containers.web.volumes[0].volume: 'date' is no volume of this lab; declared: data",
    ),
    "an undeclared image": (
        [(f"{WEB}.image", "nginx")],
        "lab.containers.web.image: 'nginx' is no image of this lab; declared: base",
    ),
    "a name of another container": (
        [("containers.visitor.networks.front", {"aliases": ["web"]})],
        "lab.containers.visitor.networks.front.aliases[0]: 'web' already means container web on "
        "network front",
    ),
    "an alias twice": (
        [("containers.visitor.networks.front", {"aliases": ["www"]})],
        "'www' already means container web on network front; take another name",
    ),
    "a hostname that is another's alias": (
        [("containers.visitor.hostname", "www")],
        "lab.containers.visitor.hostname: 'www' already means container web on network front",
    ),
    "a key that is no DNS name": (
        [("containers.Web_1", {"image": "base"})],
        "lab.containers.Web_1: 'Web_1' is not a key: as it becomes a DNS name, use 1 to 63 of a-z",
    ),
    "the verification's own name": (
        [("containers.isolation-check", {"image": "base"})],
        "isolation-check is the verification's own name; take another key",
    ),
    "a port taken twice": (
        [("containers.visitor.ports", [{"host": 8080, "container": 90}])],
        "lab.containers.visitor.ports[0].host: 8080/tcp on 127.0.0.1 is already published by web",
    ),
    "a port taken on every address": (
        [("containers.visitor.ports", [{"host": 8080, "container": 9, "address": "0.0.0.0"}])],
        "8080/tcp on 0.0.0.0 is already published by web",
    ),
    "a port on internal networks only": (
        [("containers.keeper.ports", [{"host": 9090, "container": 90}])],
        "lab.containers.keeper.ports[0]: port 9090 is published, but keeper is on internal "
        "networks only (back)",
    ),
    "a port without any network": (
        [(f"{WEB}.networks", {})],
        "port 8080 is published by a container that is on no network",
    ),
    "a port that is none": (
        [(f"{WEB}.ports.0.host", 70000)],
        "lab.containers.web.ports[0].host: 70000 is out of range: at most 65535",
    ),
    "a port in quotes": (
        [(f"{WEB}.ports.0.host", "8080")],
        "ports[0].host: must be a whole number, without quotes; got 8080",
    ),
    "an image reference that is none": (
        [("images.base.name", "Python:3.11")],
        "lab.images.base.name: 'Python:3.11' is not an image reference; write "
        "[registry/]repository:tag in lower case",
    ),
    "an image without tag": (
        [("images.base.name", "registry.example:5000/python")],
        "lab.images.base.name: registry.example:5000/python has neither tag nor digest",
    ),
    "a digest in the name": (
        [("images.base.name", "python@sha256:" + "0" * 64)],
        "holds a digest; write it beside the name, as digest: sha256:<64 hex digits>",
    ),
    "a digest cut short": (
        [("images.base.digest", "sha256:abc")],
        "lab.images.base.digest: 'sha256:abc' is not a digest: write sha256: and 64 hex digits",
    ),
    "too little memory": (
        [(f"{WEB}.memory", "1MiB")],
        "lab.containers.web.memory: 1MiB is below the engine's minimum of 6MiB; write at "
        "least 6MiB",
    ),
    "memory without unit": (
        [(f"{WEB}.memory", 64)],
        "lab.containers.web.memory: 64 has no unit; write 64MiB",
    ),
    "memory that is no size": (
        [(f"{WEB}.memory", "lots")],
        "lab.containers.web.memory: 'lots' is not a size; write a number and KiB, MiB or GiB",
    ),
    "memory in pieces": (
        [(f"{WEB}.memory", "9000000b")],
        "9000000 bytes is no whole number of MiB",
    ),
    "no processor": (
        [(f"{WEB}.cpus", 0)],
        "lab.containers.web.cpus: 0 is no processor at all; write 0.01 or more",
    ),
    "processors in words": (
        [(f"{WEB}.cpus", "half")],
        "lab.containers.web.cpus: half is not a number of processors; write 0.5 or 2",
    ),
    "a relative bind source": (
        [("containers.visitor.binds.0.source", "notes")],
        "lab.containers.visitor.binds[0].source: 'notes' is not absolute; start it with / or with "
        "${lab_dir}/",
    ),
    "an unknown placeholder": (
        [("containers.visitor.binds.0.source", "/srv/${stack}/notes")],
        "${stack} is not a placeholder; the only one is ${lab_dir}, at the start",
    ),
    "a placeholder in the middle": (
        [("containers.visitor.binds.0.source", "/srv/${lab_dir}")],
        "${lab_dir} is not a placeholder; the only one is ${lab_dir}, at the start",
    ),
    "a way out of the lab's folder": (
        [("containers.visitor.binds.0.source", "${lab_dir}/../../passphrase")],
        "${lab_dir}/../../passphrase is not below ${lab_dir}",
    ),
    "the lab's folder itself": (
        [("containers.visitor.binds.0.source", "${lab_dir}/")],
        "${lab_dir}/ is not below ${lab_dir}; name a folder as in ${lab_dir}/notes",
    ),
    "an unknown bind mode": (
        [("containers.visitor.binds.0.mode", "readonly")],
        "lab.containers.visitor.binds[0].mode: readonly is not one of ro, rw",
    ),
    "an unknown way with a missing source": (
        [("containers.visitor.binds.0.missing", "ignore")],
        "lab.containers.visitor.binds[0].missing: ignore is not one of create, error",
    ),
    "two mounts at one place": (
        [("containers.visitor.tmpfs", {"/notes/": "1MiB"})],
        "lab.containers.visitor.tmpfs./notes: /notes is the target of another mount too",
    ),
    "a relative target": (
        [(f"{WEB}.volumes.0.target", "data")],
        "lab.containers.web.volumes[0].target: 'data' is not absolute; a mount's target starts",
    ),
    "a mount over the root": (
        [(f"{WEB}.volumes.0.target", "/data/..")],
        "/data/.. is the container's whole root; name a folder below it",
    ),
    "a mount over /proc": (
        [(f"{WEB}.volumes.0.target", "/proc/sys")],
        "/proc/sys lies in /proc, which the engine provides; mount elsewhere",
    ),
    "a tmpfs of nothing": (
        [("containers.visitor.tmpfs", {"/tmp": "1KiB"})],
        "lab.containers.visitor.tmpfs./tmp: 1KiB holds no page of memory; write at least 4KiB",
    ),
    "a volume that is a bind mount in disguise": (
        [("volumes.data", {"options": {"type": "none", "o": "bind", "device": "/etc"}})],
        "lab.volumes.data.options: device /etc makes this volume a piece of the machine; write it "
        "under the container's binds",
    ),
    "every capability": (
        [(f"{WEB}.capabilities", ["ALL"])],
        "lab.containers.web.capabilities[0]: 'ALL' is every capability at once; name those",
    ),
    "no such capability": (
        [(f"{WEB}.capabilities", ["NET_BIND"])],
        "'NET_BIND' is not a Linux capability; man 7 capabilities lists them",
    ),
    "a capability twice": (
        [(f"{WEB}.capabilities", ["NET_RAW", "CAP_NET_RAW"])],
        "lab.containers.web.capabilities[1]: CAP_NET_RAW is listed twice; list it once",
    ),
    "privileged": (
        [(f"{WEB}.privileged", True)],
        "lab.containers.web.privileged: is not offered: it would undo the isolation; name the "
        "capabilities",
    ),
    "a bad duration": (
        [(f"{WEB}.health_check", {"command": "true", "interval": "30"})],
        "lab.containers.web.health_check.interval: '30' is not a duration; write a number and ms",
    ),
    "no time at all": (
        [(f"{WEB}.health_check", {"command": "true", "timeout": "0s"})],
        "health_check.timeout: the engine takes no duration under 1ms; leave the key out",
    ),
    "a bad restart policy": (
        [(f"{WEB}.restart", "sometimes")],
        "lab.containers.web.restart: sometimes is not one of no, on-failure, always, "
        "unless-stopped",
    ),
    "a number for a user": (
        [(f"{WEB}.user", 1000)],
        "lab.containers.web.user: must be text; put it in quotes; got 1000",
    ),
    "a user that is none": ([(f"{WEB}.user", "a b")], "'a b' is not a user: write"),
    "an empty word in a command": (
        [(f"{WEB}.command", ["sh", ""])],
        "lab.containers.web.command: holds an empty word, which the provider refuses",
    ),
    "a command that is no list": (
        [(f"{WEB}.command", "sleep 60")],
        "lab.containers.web.command: must be a list; got sleep 60",
    ),
    "a flag in quotes": (
        [(f"{WEB}.read_only_root", "yes")],
        "lab.containers.web.read_only_root: must be true or false, without quotes; got yes",
    ),
    "a variable twice": (
        [(f"{WEB}.secret_environment", {"MODE": "mode"})],
        "lab.containers.web.secret_environment.MODE: MODE is also under environment; keep it in",
    ),
    "the engine's default network": (
        [(f"{WEB}.network_mode", "bridge")],
        "lab.containers.web.network_mode: 'bridge' is the engine's default network, shared with",
    ),
    "one container where isolation needs two": (
        [("containers", {"web": {"image": "base"}})],
        "lab.containers: holds 1 container, and isolation is verified between at least 2; add one, "
        "or write verification: {enabled: false}",
    ),
    "an undeclared verification image": (
        [("verification", {"image": "tools"})],
        "lab.verification.image: 'tools' is no image of this lab; declared: base",
    ),
    "no verification image among several": (
        [("images.other", {"name": "debian:12"})],
        "lab.verification.image: is missing: of base, other, name the one with python3",
    ),
    "a requirement that is none": (
        [("verification", {"require": {"user": "maybe"}})],
        "lab.verification.require.user: maybe is not one of auto, true, false",
    ),
    "a deadline too short": (
        [("verification", {"deadline_ms": 1})],
        "lab.verification.deadline_ms: 1 is out of range: at least 50",
    ),
    "a list for a mapping": (
        [("containers", ["web"])],
        "lab.containers: must be a mapping of keys to settings; got a list",
    ),
    "containers that join in a circle": (
        [
            (f"{WEB}.pid_mode", "container:visitor"),
            (f"{WEB}.allow_shared_namespaces", ["pid"]),
            ("containers.visitor.ipc_mode", "container:web"),
            ("containers.visitor.allow_shared_namespaces", ["ipc"]),
        ],
        "join each other's namespaces in a circle; cut it",
    ),
    "a joined container that is none": (
        [(f"{WEB}.pid_mode", "container:nobody"), (f"{WEB}.allow_shared_namespaces", ["pid"])],
        "lab.containers.web.pid_mode: 'nobody' is no container of this lab; declared: web, visitor",
    ),
}


@pytest.mark.parametrize(("changes", "text"), BAD.values(), ids=BAD)
def test_a_bad_lab_is_refused_by_key_value_and_way_out(changes, text):
    with pytest.raises(pulumi.RunError, match=re.escape(text)) as refused:
        parse(changed(*changes))
    said = str(refused.value)
    assert "pydantic" not in said
    assert "Traceback" not in said
    assert all(line.startswith("  lab") for line in said.splitlines()[1:])


def test_the_good_lab_is_accepted():
    assert list(parse(good_lab()).containers) == ["web", "visitor", "keeper"]


def test_every_problem_is_told_at_once_with_their_number():
    with pytest.raises(pulumi.RunError, match=r"\(3 problems\)") as refused:
        parse(
            changed(
                ("containers.web.memory", "1MiB"),
                ("containers.keeper.cpus", -1),
                ("networks.front.subnet", "8.8.8.0/24"),
            )
        )
    assert len(str(refused.value).splitlines()) == 4


@pytest.mark.parametrize(
    "source",
    [
        "/",
        "//",
        "/../",
        "/proc",
        "/proc/",
        "/proc/1/root",
        "/sys/fs/cgroup",
        "/dev/shm",
        "/run/docker.sock",
        "/var/run/docker.sock",
        "/var/run/../run/docker.sock",
        "/srv/../proc",
        "/srv/./../etc/",
        "/var",
        "/var/lib",
        "/var/lib/docker",
        "/var/lib/docker/volumes/x/_data",
        "/var/lib/containerd",
        "/home/me/.docker/run/docker.sock",
        "/root",
        "/boot",
    ],
)
def test_no_spelling_of_a_dangerous_path_is_mounted(source):
    with pytest.raises(pulumi.RunError, match=r"binds\[0\]\.source: .* may not be mounted: "):
        parse(changed(("containers.visitor.binds.0.source", source)))


@pytest.mark.parametrize("source", ["/srv/lab", "/data/", "/home/me/notes", "/var/tmp/x", "/procs"])
def test_a_folder_of_ones_own_is_mounted(source):
    lab = parse(changed(("containers.visitor.binds.0.source", source)))
    assert lab.containers["visitor"].binds[0].source == source.rstrip("/")


MODES = [
    ("ipc_mode", "host", "ipc", "the machine's IPC"),
    ("ipc_mode", "container:keeper", "ipc", "the container keeper's IPC"),
    ("pid_mode", "host", "pid", "the machine's PID"),
    ("network_mode", "host", "net", "the machine's NET"),
    ("userns_mode", "host", "user", "the machine's USER"),
]


@pytest.mark.parametrize(("key", "mode", "name", "whose"), MODES)
def test_a_shared_namespace_is_refused_unless_the_container_says_so(key, mode, name, whose):
    shared = [(f"{WEB}.{key}", mode), (f"{WEB}.networks", {}), (f"{WEB}.ports", [])]
    if key != "network_mode":
        shared = shared[:1]
    with pytest.raises(
        pulumi.RunError,
        match=re.escape(f"lab.containers.web.{key}: {mode} shares {whose} namespace")
        + rf".*allow_shared_namespaces: \[{name}\]",
    ):
        parse(changed(*shared))
    lab = parse(changed(*shared, (f"{WEB}.allow_shared_namespaces", [name])))
    assert getattr(lab.containers["web"], key) == mode


def test_leave_to_share_one_namespace_is_no_leave_for_another():
    with pytest.raises(pulumi.RunError, match="pid_mode: host shares the machine's PID"):
        parse(changed((f"{WEB}.pid_mode", "host"), (f"{WEB}.allow_shared_namespaces", ["ipc"])))


@pytest.mark.parametrize("where", ["environment", "secret_environment"])
def test_a_value_that_may_be_a_secret_is_never_echoed(where):
    with pytest.raises(pulumi.RunError, match=f"{where}.TOKEN: must be text") as refused:
        parse(changed((f"{WEB}.{where}", {"TOKEN": ["hunter2"]})))
    assert "hunter2" not in str(refused.value)


def test_a_secret_inside_the_lab_is_refused_without_showing_it():
    with pytest.raises(
        pulumi.RunError, match="name that key under the container's secret_env"
    ) as e:
        parse(changed((f"{WEB}.memory", "hunter2")), is_secret=True)
    assert "hunter2" not in str(e.value)


def test_a_stack_without_a_lab_is_told_where_to_write_one():
    with pytest.raises(
        pulumi.RunError, match=r"holds no docklab:lab; write one in stacks/Pulumi\."
    ):
        parse(None)
