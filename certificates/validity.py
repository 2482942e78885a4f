"""Pure: facts of a certificate and a day to stands, expired or revoked."""
