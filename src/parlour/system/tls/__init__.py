"""What servers and clients with TLS share.

``stream``             TLS as a step between bytes, without I/O
``certificate_facts``  the names, the fingerprint and the expiry of a certificate
"""
