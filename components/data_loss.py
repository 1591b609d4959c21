"""Whether an edit of the lab would destroy a volume's data, and what to say then. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from components.recorded_state import RecordedVolume


@dataclass(frozen=True, kw_only=True)
class DeclaredVolume:
    """A volume as the YAML wants it."""

    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict)


def losses(
    recorded: Sequence[RecordedVolume],
    declared: Mapping[str, DeclaredVolume],
    allowed: Collection[str],
) -> list[str]:
    """One paragraph for each volume whose data the edit destroys without leave."""
    return [
        text
        for volume in recorded
        if volume.key not in allowed
        for text in _loss(volume, declared.get(volume.key))
    ]


def allowed_losses(
    recorded: Sequence[RecordedVolume],
    declared: Mapping[str, DeclaredVolume],
    allowed: Collection[str],
) -> list[tuple[str, str]]:
    """(key, name on the engine) of each volume whose data the edit destroys with leave."""
    return [
        (volume.key, volume.name)
        for volume in recorded
        if volume.key in allowed and any(_loss(volume, declared.get(volume.key)))
    ]


def _loss(volume: RecordedVolume, wanted: DeclaredVolume | None) -> Iterator[str]:
    leave = f"allow_data_loss: [{volume.key}]"
    if wanted is None:
        yield (
            f"lab.volumes.{volume.key}: is gone from the lab, and its data "
            f"(volume {volume.name}) would go with it; put {volume.key} back, or write {leave} "
            "into the lab if the data may be lost. A renamed key is a new, empty volume"
        )
        return
    changes = [
        f"{what} {before or 'none'} -> {after or 'none'}"
        for what, before, after in (
            ("driver", volume.driver, wanted.driver),
            ("options", dict(volume.options), dict(wanted.options)),
        )
        if before != after
    ]
    if changes:
        yield (
            f"lab.volumes.{volume.key}: {', '.join(changes)} replaces volume {volume.name} "
            f"by an empty one; take the change back, or write {leave} into the lab if the data "
            "may be lost"
        )
