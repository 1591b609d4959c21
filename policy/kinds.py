"""The resource types that rules are about, as Pulumi names them."""

from typing import Final

CONTAINER: Final = "docker:index/container:Container"
IMAGE: Final = "docker:index/remoteImage:RemoteImage"
NETWORK: Final = "docker:index/network:Network"
VOLUME: Final = "docker:index/volume:Volume"
DOCKER: Final = "pulumi:providers:docker"
AWS: Final = "pulumi:providers:aws"
COMMAND: Final = "command:local:Command"
REMOTE_COMMAND: Final = "command:remote:Command"
EC2: Final = "aws:ec2/instance:Instance"
LIGHTSAIL: Final = "aws:lightsail/instance:Instance"
MACHINES: Final = (EC2, LIGHTSAIL)
KEY_PAIRS: Final = ("aws:ec2/keyPair:KeyPair", "aws:lightsail/keyPair:KeyPair")
SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PUBLIC_PORTS: Final = "aws:lightsail/instancePublicPorts:InstancePublicPorts"
ROLE_POLICY: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
