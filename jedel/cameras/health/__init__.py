"""Whether cameras see: looks at them, faults, work orders. `prober.Prober` is for gateways: its libraries are
large."""
