"""A Lightsail instance with Amazon Linux as the lab's host.

Lightsail gives no say over the metadata service, no role and no encrypted disk of one's own key:
the first boot itself keeps containers from the metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud_init import single_line
from components.host import Host
from components.hosts import new_machine
from components.hosts.host_key import host_key
from components.hosts.new_machine import MachineSetup

SSH = 22


@dataclass(frozen=True, kw_only=True)
class LightsailHostArgs:
    """`blueprint` is the image, `bundle` the size; `admin_cidr` alone may reach sshd."""

    title: str
    region: str
    zone: str
    blueprint: str
    bundle: str
    admin_cidr: str
    setup: MachineSetup
    tags: Mapping[str, str]


class LightsailHost(pulumi.ComponentResource):
    host: Host

    def __init__(
        self, name: str, args: LightsailHostArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:host:LightsailHost", name, None, opts)
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
        instance = aws.lightsail.Instance(
            f"{name}-instance",
            availability_zone=args.zone,
            blueprint_id=args.blueprint,
            bundle_id=args.bundle,
            key_pair_name=aws.lightsail.KeyPair(
                f"{name}-key", public_key=args.setup.public_key, tags=named, opts=in_aws
            ).name,
            user_data=new_machine.user_data(args.setup, key, single_line),
            ip_address_type="ipv4",  # the firewall below says nothing of IPv6
            tags=named,
            opts=pulumi.ResourceOptions.merge(
                in_aws, pulumi.ResourceOptions(additional_secret_outputs=["user_data"])
            ),
        )
        ports = _firewall(name, args.admin_cidr, instance, in_aws)
        address = aws.lightsail.StaticIp(f"{name}-address", opts=in_aws)
        attachment = _attach(name, address, instance, in_aws)
        self.host = new_machine.reached(
            name,
            args.setup,
            new_machine.access(args.setup, key, address.ip_address),
            instance,
            triggers=[instance.id, attachment.instance_name],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[ports, attachment]),
        )
        self.register_outputs({"docker_host": self.host.docker_host})


def _firewall(
    name: str,
    admin_cidr: str,
    instance: aws.lightsail.Instance,
    opts: pulumi.ResourceOptions,
) -> aws.lightsail.InstancePublicPorts:
    """All that is open; it closes what Lightsail opens by itself, 22 and 80 to the world."""
    return aws.lightsail.InstancePublicPorts(
        f"{name}-firewall",
        instance_name=instance.name,
        port_infos=[
            aws.lightsail.InstancePublicPortsPortInfoArgs(
                protocol="tcp", from_port=SSH, to_port=SSH, cidrs=[admin_cidr]
            )
        ],
        opts=opts,
    )


def _attach(
    name: str,
    address: aws.lightsail.StaticIp,
    instance: aws.lightsail.Instance,
    opts: pulumi.ResourceOptions,
) -> aws.lightsail.StaticIpAttachment:
    return aws.lightsail.StaticIpAttachment(
        f"{name}-attachment",
        static_ip_name=address.name,
        instance_name=instance.name,
        # Detaching names the address alone: done last it would part it from the next machine.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )
