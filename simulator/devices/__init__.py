"""Alarm devices as they really speak: MQTT buttons and DC-09 panels."""

from simulator.devices.button import MqttButton
from simulator.devices.panel import Dc09Panel
from simulator.devices.receipt import Alarmer, NoReceipt, Receipt

__all__ = ["Alarmer", "Dc09Panel", "MqttButton", "NoReceipt", "Receipt"]
