"""What a new Amazon Linux machine is told at its first boot. Pure: text out of plain values.

`cloud_config` is the user data of EC2, `single_line` that of Lightsail; both run the same
script, `first_boot.sh`.
"""

from components.cloud_init.address_pools import AddressPool, choose_address_pools
from components.cloud_init.render import check_size, cloud_config, script, single_line
from components.cloud_init.user_data import UserData

__all__ = [
    "AddressPool",
    "UserData",
    "check_size",
    "choose_address_pools",
    "cloud_config",
    "script",
    "single_line",
]
