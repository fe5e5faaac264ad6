"""The settings of TLS."""

from typing import Final

from parlour.core.default_ports import CHAT_TLS_PORT

from ..option_types import OptionalPortType, PathType
from .setting import Applied, Setting

ENCRYPTION: Final = (
    Setting(
        name="tls-cert",
        applied=Applied.AS_REPLACEMENT,
        type=PathType(),
        derived="no TLS",
        metavar="FILE",
        help="Certificate for TLS in PEM format, with its chain.",
        details="A reload reads both files again, for new connections; it turns TLS "
        "neither on nor off ([how to](../howto/serve-others.md#encrypt-with-tls)).",
        example="chat.example.org.pem",
    ),
    Setting(
        name="tls-key",
        applied=Applied.AS_REPLACEMENT,
        type=PathType(),
        derived="no TLS",
        metavar="FILE",
        help="Key of the certificate in PEM format, without a password.",
        example="chat.example.org.key",
    ),
    Setting(
        name="tls-port",
        needs="tls-cert",
        type=OptionalPortType(),
        default=CHAT_TLS_PORT,
        metavar="PORT|off",
        help="Port to listen on with TLS, if there is a certificate; 0 uses a free "
        "port; off: TLS for the page only.",
    ),
)
