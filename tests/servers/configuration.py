"""The configuration of Postfix and Dovecot, with everything below one folder."""

from collections.abc import Mapping
from string import Template

POSTFIX = Template("""\
compatibility_level = 3.6
queue_directory = $root/queue
data_directory = $root/data
maillog_file = $root/postfix.log
maillog_file_prefixes = $root
inet_interfaces = $host
inet_protocols = ipv4
mynetworks =
myhostname = mail.example.test
mydestination =
alias_maps =
local_recipient_maps =
local_transport = error:no local delivery
default_transport = discard:
relay_transport = discard:
virtual_mailbox_domains = example.test
virtual_mailbox_base = $root/mail
virtual_mailbox_maps = texthash:$root/postfix/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
virtual_transport = virtual
message_size_limit = 1000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtpd_tls_chain_files = $root/server.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = yes
smtpd_sender_login_maps = texthash:$root/postfix/owners
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
disable_dns_lookups = yes
""")
"""Nothing leaves the machine: what is for elsewhere is thrown away."""

LISTENERS = Template("""\
$host:$plain inet n - n - - smtpd
$host:$submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt $authenticated
$host:$implicit inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes $authenticated
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
""")

AUTHENTICATED = (
    "-o smtpd_client_restrictions=permit_sasl_authenticated,reject"
    " -o smtpd_sender_restrictions=reject_sender_login_mismatch"
)

DOVECOT = Template("""\
base_dir = $root/dovecot/run
state_dir = $root/dovecot
log_path = $root/dovecot.log
auth_debug = yes
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
disable_plaintext_auth = yes
ssl = yes
ssl_cert = <$root/server.pem
ssl_key = <$root/server.pem
protocols = pop3
mail_location = maildir:$root/mail/%n/Maildir
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = $root/dovecot/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=$root/mail/%n
}
service auth {
  unix_listener $root/queue/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    address = $host, $far_host
    port = $pop3
  }
  inet_listener pop3s {
    address = $host, $far_host
    port = $pop3s
  }
}
""")
"""A refusal takes half a second. With the socket of the penalty, the next login took seconds."""


def make_files(values: Mapping[str, object]) -> dict[str, str]:
    """Return the contents of the files, by their names below the folder."""
    user, password = values["user"], values["password"]
    return {
        "postfix/main.cf": POSTFIX.substitute(values),
        "postfix/master.cf": LISTENERS.substitute(values, authenticated=AUTHENTICATED),
        "postfix/mailboxes": f"{user}@example.test {user}/Maildir/\n",
        "postfix/owners": f"{user}@example.test {user}\n",
        "dovecot/dovecot.conf": DOVECOT.substitute(values),
        "dovecot/users": f"{user}:{{PLAIN}}{password}::::::\n",
    }
