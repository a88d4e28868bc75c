"""Settings, wiring, HTTP, the roles of processes, the command line, embedded servers, the doctor."""
