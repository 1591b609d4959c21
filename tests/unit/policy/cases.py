"""For every rule: what breaks it, what keeps it, what it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from unit.policy.secret_cases import (
    NO_SECRET_ENTRIES,
    NO_SECRET_WORDS,
    SECRET_ENTRIES,
    SECRET_WORDS,
)

from policy import kinds
from policy.resource import SECRET, UNKNOWN, Options, Resource

CHECKED = ["-o", "StrictHostKeyChecking=yes", "-o", "KnownHostsCommand=/bin/echo * key"]
SOUND: dict[str, dict[str, Any]] = {
    kinds.CONTAINER: {
        "image": "${base-image.imageId}",
        "networksAdvanced": [{"name": "front"}],
        "capabilities": {"drops": ["ALL"]},
        "readOnly": True,
        "memory": 64,
        "memorySwap": 64,
        "securityOpts": ["no-new-privileges:true"],
        "ipcMode": "private",
    },
    kinds.IMAGE: {"name": f"python@sha256:{'0' * 64}"},
    kinds.VOLUME: {"driver": "local"},
    kinds.DOCKER: {"host": "ssh://me@192.0.2.1", "sshOpts": CHECKED},
    kinds.REMOTE_COMMAND: {"create": "true", "connection": {"host": "192.0.2.1", "user": "me"}},
    kinds.COMMAND: {"create": "ssh -o StrictHostKeyChecking=yes -o UserKnownHostsFile=k -- h"},
    kinds.AWS: {"defaultTags": {"tags": {"project": "p", "stack": "s", "managed-by": "pulumi"}}},
    kinds.EC2: {
        "ami": "ami-0123456789abcdef0",
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "rootBlockDevice": {"encrypted": True},
        "disableApiTermination": True,
        "userData": SECRET,
        "tags": {"os": "al2023"},
    },
    kinds.LIGHTSAIL: {"blueprintId": "amazon_linux_2023", "userData": SECRET},
    kinds.SECURITY_GROUP: {
        "ingress": [
            {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["192.0.2.1/32"]}
        ]
    },
    kinds.SECURITY_GROUP_RULE: {"type": "ingress", "cidrBlocks": ["192.0.2.1/32"]},
    kinds.INGRESS_RULE: {"cidrIpv4": "192.0.2.1/32", "ipProtocol": "tcp", "fromPort": 22},
    kinds.PUBLIC_PORTS: {
        "portInfos": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["192.0.2.1/32"]}]
    },
    kinds.ROLE_POLICY: {"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
}


def sound(kind: str, **changed: object) -> Resource:
    """A resource that breaks no rule, but for what is changed; None takes an input away."""
    inputs = {**SOUND.get(kind, {}), **changed}
    return Resource(
        path=f"docklab:some:Component${kind}::thing",
        type=kind,
        name="thing",
        inputs={key: value for key, value in inputs.items() if value is not None},
        options=Options(protect=True),
    )


def container(**changed: object) -> Resource:
    return sound(kinds.CONTAINER, **changed)


def bind(source: object, read_only: bool = True) -> Resource:
    return container(
        mounts=[{"type": "bind", "source": source, "target": "/x", "readOnly": read_only}]
    )


def ingress(*cidrs: object, **changed: object) -> Resource:
    rule = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": list(cidrs), **changed}
    return sound(kinds.SECURITY_GROUP, ingress=[rule])


def unprotected(resource: Resource) -> Resource:
    return replace(resource, options=Options())


def _command(**changed: object) -> Resource:
    return sound(kinds.COMMAND, **changed)


BREAKS: Mapping[str, tuple[Resource, ...]] = {
    "added-capability": (container(capabilities={"adds": ["CAP_NET_RAW"], "drops": ["ALL"]}),),
    "capabilities-kept": (
        container(capabilities=None),
        container(capabilities={"drops": ["KILL"]}),
    ),
    "dangerous-capability": (
        container(capabilities={"adds": ["CAP_SYS_ADMIN"], "drops": ["ALL"]}),
        container(capabilities={"adds": ["all"], "drops": ["ALL"]}),
        container(capabilities={"adds": ["a_new_one"], "drops": ["ALL"]}),
    ),
    "data-volume-protected": (unprotected(sound(kinds.VOLUME)),),
    "default-bridge": (
        container(networksAdvanced=None),
        container(networksAdvanced=None, networkMode="bridge"),
        container(networksAdvanced=[], networkMode="default"),
    ),
    "disk-encrypted": (
        sound(kinds.EC2, rootBlockDevice=None),
        sound(kinds.EC2, rootBlockDevice={"encrypted": False}),
        sound(kinds.EC2, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
    ),
    "engine-in-plain": (
        sound(kinds.DOCKER, host="tcp://192.0.2.1:2375"),
        sound(kinds.DOCKER, host="tcp://127.0.0.1.example.org:2375"),
    ),
    "host-device": (
        container(devices=[{"hostPath": "/dev/sda"}]),
        container(deviceCgroupRules=["a *:* rwm"]),
    ),
    "host-key-checked": (
        sound(kinds.DOCKER, sshOpts=None),
        sound(kinds.DOCKER, sshOpts=["-o", "StrictHostKeyChecking=no"]),
        sound(kinds.DOCKER, sshOpts=["-o", "StrictHostKeyChecking=accept-new", *CHECKED]),
        sound(
            kinds.DOCKER,
            sshOpts=["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/dev/null"],
        ),
        _command(create="ssh -l me 192.0.2.1 true"),
        _command(create="true\nssh me@192.0.2.1 true"),
        _command(create="true", environment={"WAY_IN": "ssh -o StrictHostKeyChecking=no h"}),
        _command(create="true", environment={"OPTIONS": ["-o", "StrictHostKeyChecking=no"]}),
    ),
    "host-namespace": tuple(
        container(**{mode: "host"})
        for mode in ("networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode", "utsMode")
    ),
    "image-by-digest": (
        sound(kinds.IMAGE, name="python:3.11"),
        sound(kinds.IMAGE, name="python@sha256:short"),
        container(image="python:3.11"),
    ),
    "ingress-from-the-world": (
        ingress("0.0.0.0/0"),
        ingress("192.0.2.1/32", "0.0.0.0/1"),
        ingress("10.0.0.0/8", "11.0.0.0/8"),
        ingress(ipv6CidrBlocks=["::/0"]),
        ingress("0.0.0.0/0", protocol="-1", fromPort=0, toPort=0),
        sound(kinds.SECURITY_GROUP_RULE, cidrBlocks=["0.0.0.0/0"]),
        sound(kinds.INGRESS_RULE, cidrIpv4="0.0.0.0/0"),
        sound(kinds.INGRESS_RULE, cidrIpv4=None, cidrIpv6="::/0"),
        sound(kinds.PUBLIC_PORTS, portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22}]),
        sound(kinds.PUBLIC_PORTS, portInfos=[{"protocol": "all", "cidrs": []}]),
        sound(kinds.PUBLIC_PORTS, portInfos=[{"cidrs": ["192.0.2.0/24"], "ipv6Cidrs": ["::/1"]}]),
    ),
    "literal-secret": (
        container(envs=["DB_PASSWORD=hunter22"]),
        container(envs=["PGPASSWORD=hunter22"]),
        container(envs=["API_KEY=hunter22"]),
        container(envs=["GREETING=-----BEGIN OPENSSH PRIVATE KEY-----"]),
        container(envs=["DATABASE=postgres://me:hunter22@db/x"]),
        _command(environment={"TOKEN": "hunter22"}),
        *(container(envs=[entry]) for entry in SECRET_ENTRIES),
        *(container(command=words) for words in SECRET_WORDS),
        *(container(entrypoints=words) for words in SECRET_WORDS),
        *(container(healthcheck={"tests": ["CMD", *words]}) for words in SECRET_WORDS),
        *(_command(create=" ".join(words)) for words in SECRET_WORDS),
        _command(environment={"OPTIONS": "--verbose --token=hunter22"}),
        sound(kinds.REMOTE_COMMAND, update="mount -o username=u,password=hunter22 x y"),
        sound(kinds.REMOTE_COMMAND, connection={"host": "192.0.2.1", "password": "hunter22"}),
        sound(kinds.VOLUME, driverOpts={"sshcmd": "me@nas:/x", "password": "hunter22"}),
        sound(kinds.VOLUME, driverOpts={"type": "cifs", "o": "username=u,password=hunter22"}),
        sound(kinds.VOLUME, driverOpts={"device": "http://me:hunter22@nas/x"}),
    ),
    "machine-image-pinned": (
        sound(kinds.EC2, ami="${newest.id}"),
        sound(kinds.EC2, ami="resolve:ssm:/aws/service/ami"),
        sound(kinds.EC2, ami=None),
    ),
    "machine-role-minimal": (
        sound(kinds.ROLE_POLICY, policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
        sound(
            kinds.ROLE_POLICY,
            policyArn="arn:aws:iam::123456789012:policy/AmazonSSMManagedInstanceCore",
        ),
        sound(kinds.INLINE_POLICY, policy="{}"),
    ),
    "memory-unlimited": (
        container(memory=None),
        container(memory=0),
        container(memory=64, memorySwap=-1),
    ),
    "metadata-service-one-hop": (
        sound(kinds.EC2, metadataOptions={"httpTokens": "required"}),
        sound(kinds.EC2, metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2}),
    ),
    "metadata-service-v2": (
        sound(kinds.EC2, metadataOptions=None),
        sound(kinds.EC2, metadataOptions={"httpTokens": "optional"}),
    ),
    "new-privileges": (
        container(securityOpts=None),
        container(securityOpts=["no-new-privileges:false"]),
    ),
    "os-in-support": (
        sound(kinds.EC2, tags={"os": "al2"}),
        sound(kinds.EC2, tags={}),
        sound(kinds.LIGHTSAIL, blueprintId="amazon_linux_2"),
        sound(kinds.LIGHTSAIL, blueprintId="windows_server_2012"),
    ),
    "port-on-all-addresses": (
        container(ports=[{"internal": 80, "external": 8080}]),
        container(ports=[{"internal": 80, "external": 8080, "ip": "0.0.0.0"}]),
        container(ports=[{"internal": 80, "external": 8080, "ip": "::"}]),
        container(publishAllPorts=True),
    ),
    "privileged-container": (container(privileged=True),),
    "profile-off": (
        container(securityOpts=["no-new-privileges:true", "seccomp=unconfined"]),
        container(securityOpts=["no-new-privileges:true", "apparmor:unconfined"]),
        container(securityOpts=["no-new-privileges:true", "label=disable"]),
        container(securityOpts=["no-new-privileges:true", "systempaths=unconfined"]),
    ),
    "required-tags": (
        sound(kinds.AWS, defaultTags=None),
        sound(kinds.AWS, defaultTags={"tags": {"project": "p", "stack": "", "managed-by": "m"}}),
    ),
    "runtime-socket": (
        *(bind(path) for path in ("/var/run/docker.sock", "/var/run", "/run/", "/", "//run/x/..")),
        *(bind(path) for path in ("/run/user/1000/podman/podman.sock", "/run/user/1000", "/var")),
        container(volumes=[{"hostPath": "/run/containerd", "containerPath": "/x"}]),
        sound(
            kinds.VOLUME,
            driverOpts={"type": "none", "o": "bind", "device": "/var/run/docker.sock"},
        ),
    ),
    "sensitive-folder": (
        *(bind(path) for path in ("/", "/etc", "/etc/ssh", "/root", "/home", "/home/me", "/var")),
        *(bind(path) for path in ("/home/me/.ssh", "/root/.aws/credentials", "/srv/../etc")),
        *(bind(path) for path in ("/proc", "/sys/fs", "/dev/sda", "/boot", "/var/lib/docker/x")),
        container(volumes=[{"hostPath": "/etc", "containerPath": "/x", "readOnly": True}]),
        sound(kinds.VOLUME, driverOpts={"o": "ro,rbind", "device": "/etc"}),
        sound(kinds.VOLUME, driverOpts={"type": "proc", "device": "proc"}),
        sound(kinds.VOLUME, driverOpts={"type": "ext4", "device": "/dev/sda1"}),
        sound(
            kinds.VOLUME,
            driverOpts={"type": "overlay", "device": "overlay", "o": "lowerdir=/srv/a:/etc"},
        ),
    ),
    "shared-namespace": (
        container(networkMode="container:${web-container.id}"),
        container(pidMode="container:0123"),
    ),
    "termination-protection": (
        sound(kinds.EC2, disableApiTermination=False),
        sound(kinds.EC2, disableApiTermination=None),
    ),
    "user-data-secret": (
        sound(kinds.EC2, userData="#cloud-config"),
        sound(kinds.EC2, userData=None, userDataBase64="I2Nsb3Vk"),
        sound(kinds.LIGHTSAIL, userData=UNKNOWN),
    ),
    "writable-bind": (
        bind("/srv/data", read_only=False),
        bind("/srv/notdocklab/x", read_only=False),
        bind("/docklab", read_only=False),
        container(volumes=[{"hostPath": "/srv/data", "containerPath": "/x"}]),
        sound(kinds.VOLUME, driverOpts={"type": "none", "o": "bind", "device": "/srv/data"}),
    ),
    "writable-root": (container(readOnly=None), container(readOnly=False)),
}

# Beside SOUND, which keeps every rule: what comes close to breaking one.
KEEPS: Mapping[str, tuple[Resource, ...]] = {
    "capabilities-kept": (container(capabilities={"drops": ["CAP_ALL"]}),),
    "dangerous-capability": (
        container(capabilities={"adds": ["CAP_NET_BIND_SERVICE", "chown"], "drops": ["ALL"]}),
    ),
    "default-bridge": (
        container(networkMode="bridge"),
        container(networksAdvanced=None, networkMode="none"),
        container(networksAdvanced=None, networkMode="container:x"),
    ),
    "engine-in-plain": (
        sound(kinds.DOCKER, host="unix:///var/run/docker.sock"),
        sound(kinds.DOCKER, host="tcp://127.0.0.1:2375"),
        sound(kinds.DOCKER, host="tcp://192.0.2.1:2376", certPath="/certs"),
    ),
    "host-key-checked": (
        sound(kinds.DOCKER, host="unix:///var/run/docker.sock", sshOpts=None),
        sound(
            kinds.DOCKER,
            sshOpts=["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=~/k"],
        ),
        _command(create="# waits until ssh answers\nssh-keygen -q"),
    ),
    "image-by-digest": (
        sound(kinds.IMAGE, name="python@<its digest>"),
        container(image=f"sha256:{'0' * 64}"),
        container(image=UNKNOWN),
    ),
    "ingress-from-the-world": (
        ingress("10.0.0.0/8"),
        ingress("<your address>/32"),
        sound(kinds.SECURITY_GROUP, ingress=[]),
        sound(kinds.SECURITY_GROUP, egress=[{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]),
        sound(kinds.SECURITY_GROUP_RULE, type="egress", cidrBlocks=["0.0.0.0/0"]),
    ),
    "literal-secret": (
        container(envs=["DB_PASSWORD=[secret 0a1b2c3d]", "TOKEN=[secret]", "[secret]"]),
        container(envs=["PASSWORD_FILE=/run/secrets/x", "PUBLIC_KEY=abc", "MAX_TOKEN=100"]),
        container(envs=["MONKEY=banana", "PASSAGE=north", "HOME=/", UNKNOWN]),
        container(envs=["PAGE=http://www:8000/now"]),
        *(container(envs=[entry]) for entry in NO_SECRET_ENTRIES),
        *(container(command=words) for words in NO_SECRET_WORDS),
        *(_command(create=" ".join(words)) for words in NO_SECRET_WORDS),
        sound(kinds.VOLUME, driverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=1"}),
        sound(kinds.VOLUME, driverOpts={"type": "nfs", "o": "addr=192.0.2.7,rw", "device": ":/x"}),
        sound(kinds.REMOTE_COMMAND, connection={"password": "[secret]", "port": 22}),
        _command(environment={"DOCKER_HOST": "ssh://me@192.0.2.1"}),
    ),
    "machine-image-pinned": (sound(kinds.EC2, ami="<an image id>"),),
    "memory-unlimited": (container(memory=64, memorySwap=None),),
    "metadata-service-one-hop": (sound(kinds.EC2, metadataOptions={"httpEndpoint": "disabled"}),),
    "metadata-service-v2": (sound(kinds.EC2, metadataOptions={"httpEndpoint": "disabled"}),),
    "port-on-all-addresses": (
        container(ports=[{"internal": 80, "external": 8080, "ip": "127.0.0.1"}]),
        container(ports=[{"internal": 80, "external": 8080, "ip": "::1"}]),
    ),
    "profile-off": (
        container(securityOpts=["no-new-privileges:true", "seccomp=/etc/profile.json"]),
    ),
    "runtime-socket": (
        bind("/srv/data"),
        bind("/running"),
        container(mounts=[{"type": "volume", "source": "/run", "target": "/x"}]),
        sound(kinds.VOLUME, driverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}),
    ),
    "sensitive-folder": (
        *(bind(path) for path in ("/srv/data", "/home/me/notes", "/etcetera", "/variable")),
        *(bind(path) for path in ("/root/docklab/dev/notes", "/root/.docklab/lab/local/notes")),
        sound(kinds.VOLUME, driverOpts={"type": "nfs", "device": ":/etc", "o": "addr=10.0.0.9"}),
    ),
    "user-data-secret": (
        sound(kinds.EC2, userData="[secret 0a1b2c3d]"),
        sound(kinds.EC2, userData=None),
    ),
    "writable-bind": (
        bind("/srv/data", read_only=True),
        bind("${clone}/.docklab/lab/local/notes", read_only=False),
        bind("/srv/docklab/notes", read_only=False),
        bind("/home/me/docklab/dev/notes", read_only=False),
    ),
}

CANNOT_TELL: Mapping[str, Resource] = {
    "added-capability": container(capabilities={"adds": [UNKNOWN], "drops": ["ALL"]}),
    "capabilities-kept": container(capabilities={"drops": UNKNOWN}),
    "dangerous-capability": container(capabilities=UNKNOWN),
    "default-bridge": container(networkMode=UNKNOWN),
    "disk-encrypted": sound(kinds.EC2, rootBlockDevice=UNKNOWN),
    "engine-in-plain": sound(kinds.DOCKER, host=UNKNOWN),
    "host-device": container(devices=[{"hostPath": UNKNOWN}]),
    "host-key-checked": sound(kinds.DOCKER, sshOpts=["-o", UNKNOWN]),
    "host-namespace": container(networkMode=UNKNOWN),
    "image-by-digest": sound(kinds.IMAGE, name=UNKNOWN),
    "ingress-from-the-world": ingress(UNKNOWN),
    "machine-image-pinned": sound(kinds.EC2, ami=UNKNOWN),
    "machine-role-minimal": sound(kinds.ROLE_POLICY, policyArn=UNKNOWN),
    "memory-unlimited": container(memory=UNKNOWN),
    "metadata-service-one-hop": sound(
        kinds.EC2, metadataOptions={"httpPutResponseHopLimit": UNKNOWN}
    ),
    "metadata-service-v2": sound(kinds.EC2, metadataOptions={"httpTokens": UNKNOWN}),
    "new-privileges": container(securityOpts=[UNKNOWN]),
    "os-in-support": sound(kinds.EC2, tags=UNKNOWN),
    "port-on-all-addresses": container(ports=[{"internal": 80, "external": 80, "ip": UNKNOWN}]),
    "privileged-container": container(privileged=UNKNOWN),
    "profile-off": container(securityOpts=UNKNOWN),
    "required-tags": sound(kinds.AWS, defaultTags=UNKNOWN),
    "runtime-socket": bind(UNKNOWN),
    "sensitive-folder": bind(UNKNOWN),
    "shared-namespace": container(pidMode=UNKNOWN),
    "termination-protection": sound(kinds.EC2, disableApiTermination=UNKNOWN),
    "writable-bind": bind(UNKNOWN, read_only=False),
    "writable-root": container(readOnly=UNKNOWN),
}
# Nothing that these need can be unknown: a literal is known, an option is no output, and first
# orders that are not yet known are a secret already, or they are none.
ALWAYS_TELL = {"data-volume-protected", "literal-secret", "user-data-secret"}
