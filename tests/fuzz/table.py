"""All fuzz targets, by name."""

from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets import client, files, hub, network, operator, page, texts, tls

MODULES: Final = (hub, texts, client, page, operator, files, tls, network)
TARGETS: Final[dict[str, Target]] = {
    target.name: target for module in MODULES for target in module.TARGETS
}
