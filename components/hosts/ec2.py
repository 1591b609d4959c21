"""An EC2 instance with Amazon Linux as the lab's host. Everything that AWS would choose is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud_init import cloud_config
from components.host import Host
from components.hosts import ec2_role, new_machine
from components.hosts.host_key import host_key
from components.hosts.new_machine import MachineSetup

SSH = 22
_BURSTABLE = ("t2", "t3", "t3a", "t4g")
# %h and %p are ssh's: the instance's id, which is the address, and the port.
_SESSION = (
    "aws ssm start-session --target %h --document-name AWS-StartSSHSession "
    "--parameters portNumber=%p --region {region}"
)


@dataclass(frozen=True, kw_only=True)
class Ec2HostArgs:
    """`title` is what people read in AWS's console; `tags` go onto everything.

    `admin_cidr` may reach sshd; with `session_manager` nobody may, and SSM leads there.
    """

    title: str
    region: str
    ami: str
    instance_type: str
    root_volume_gib: int
    admin_cidr: str
    setup: MachineSetup
    tags: Mapping[str, str]
    vpc_id: str | None = None
    subnet_id: str | None = None
    termination_protection: bool = False
    session_manager: bool = False


class Ec2Host(pulumi.ComponentResource):
    host: Host

    def __init__(
        self, name: str, args: Ec2HostArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:host:Ec2Host", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        provider = aws.Provider(
            f"{name}-aws",
            region=args.region,
            default_tags=aws.ProviderDefaultTagsArgs(tags=dict(args.tags)),
            opts=inside,
        )
        in_aws = pulumi.ResourceOptions(parent=self, provider=provider)
        named = {"Name": args.title}
        key = host_key(name, inside)
        session = (
            ec2_role.session_manager(name, args.region, named, in_aws)
            if args.session_manager
            else None
        )
        instance = aws.ec2.Instance(
            f"{name}-instance",
            _instance(
                args,
                key_name=aws.ec2.KeyPair(
                    f"{name}-key", public_key=args.setup.public_key, tags=named, opts=in_aws
                ).key_name,
                firewall=_firewall(name, args, named, in_aws).id,
                profile=session.profile_name if session else None,
                user_data=new_machine.user_data(args.setup, key, cloud_config),
            ),
            opts=_instance_options(in_aws, session.ready if session else []),
        )
        address, settled = (
            (instance.id, []) if session else _fixed_address(name, instance, named, in_aws)
        )
        proxy = _SESSION.format(region=args.region) if session else None
        self.host = new_machine.reached(
            name,
            args.setup,
            new_machine.access(args.setup, key, address, proxy),
            instance,
            triggers=[instance.id, *(resource.id for resource in settled)],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[instance, *settled]),
        )
        self.register_outputs({"docker_host": self.host.docker_host})


def _firewall(
    name: str, args: Ec2HostArgs, named: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """sshd for the admin alone. All rules are here, so that one added by hand is taken out."""
    way_in = aws.ec2.SecurityGroupIngressArgs(
        description="ssh, for the admin alone",
        protocol="tcp",
        from_port=SSH,
        to_port=SSH,
        cidr_blocks=[args.admin_cidr],
    )
    way_out = aws.ec2.SecurityGroupEgressArgs(
        description="packages, images, and what the networks with a way out ask for",
        protocol="-1",
        from_port=0,
        to_port=0,
        cidr_blocks=["0.0.0.0/0"],
    )
    return aws.ec2.SecurityGroup(
        f"{name}-firewall",
        description="docklab: ssh from the admin, nothing else",
        vpc_id=args.vpc_id,
        ingress=[] if args.session_manager else [way_in],
        egress=[way_out],
        tags=named,
        opts=opts,
    )


def _fixed_address(
    name: str,
    instance: aws.ec2.Instance,
    named: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Output[str], list[aws.ec2.EipAssociation]]:
    """An address of its own, which the next instance gets too: so it is known beforehand."""
    elastic = aws.ec2.Eip(f"{name}-address", domain="vpc", tags=named, opts=opts)
    association = aws.ec2.EipAssociation(
        f"{name}-association",
        allocation_id=elastic.allocation_id,
        instance_id=instance.id,
        allow_reassociation=True,
        opts=opts,
    )
    return elastic.public_ip, [association]


def _instance(
    args: Ec2HostArgs,
    *,
    key_name: pulumi.Input[str],
    firewall: pulumi.Input[str],
    profile: pulumi.Input[str] | None,
    user_data: pulumi.Input[str],
) -> aws.ec2.InstanceArgs:
    burstable = args.instance_type.split(".")[0] in _BURSTABLE
    return aws.ec2.InstanceArgs(
        ami=args.ami,
        instance_type=args.instance_type,
        key_name=key_name,
        vpc_security_group_ids=[firewall],
        subnet_id=args.subnet_id,
        # The first boot needs a way out before the fixed address is there, in any public subnet.
        associate_public_ip_address=None if args.session_manager else True,
        iam_instance_profile=profile,
        # Version 2 alone, and no further than the machine: one more hop would be a container.
        metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
            http_protocol_ipv6="disabled",
            instance_metadata_tags="disabled",
        ),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
            volume_type="gp3",
            volume_size=args.root_volume_gib,
            encrypted=True,
            delete_on_termination=True,
            tags={"Name": args.title, **args.tags},
        ),
        user_data=user_data,
        # Without it new user data restarts the machine, and no first boot ever reads it.
        user_data_replace_on_change=True,
        disable_api_termination=args.termination_protection,
        instance_initiated_shutdown_behavior="stop",
        # Unlimited credits, the default of newer ones, are billed without a bound.
        credit_specification=aws.ec2.InstanceCreditSpecificationArgs(cpu_credits="standard")
        if burstable
        else None,
        tags={"Name": args.title, "os": args.setup.os},
    )


def _instance_options(
    opts: pulumi.ResourceOptions, after: Sequence[pulumi.Resource]
) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(
        opts,
        pulumi.ResourceOptions(
            depends_on=list(after),
            additional_secret_outputs=["user_data", "user_data_base64"],
            # Once the fixed address is there this reads differently, and would replace the machine.
            ignore_changes=["associate_public_ip_address"],
        ),
    )
