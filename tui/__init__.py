"""A terminal configurator for a ServiceNow instance's outbound mail."""

__version__ = "0.1.0"
