"""Prints a certificate authority, and a certificate of it for a name with its key, as JSON: python3 certificate.py <name>"""

import json
import sys

from ministack.core.x509_utils import generate_ca, sign_leaf_certificate

[name] = sys.argv[1:]
authority, authority_key = generate_ca()
certificate, key, _ = sign_leaf_certificate(authority, authority_key, name, san_dns=[name])
print(json.dumps({"authority": authority, "cert": certificate, "key": key}))
