"""The error of a certificate that cannot be used, in a module that loads quickly."""


class CertificateError(Exception):
    """A certificate or a key cannot be used. The text is one line that says why."""
