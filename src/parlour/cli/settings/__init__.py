"""The settings of the server: one table, from which everything about them is made.

``setting``           one row: name, type, default, help, when a change applies
``table``             all rows, in the modules that follow
``network``           where the server listens
``encryption``        certificate, key and port for TLS
``history``           where the history is, and how much of it is kept
``page``              the page for browsers
``operations``        health checks and metrics
``accounts``          guests, registration, the greeting
``limits``            connections, lines and rates
``output``            standard output and the log
``settings_command``  a command with an option for each setting
``config_option``     the option for the file with settings
``toml_file``         reads that file, and finds what is wrong in it
``toml_value``        writes a value as TOML does
``chosen``            the configuration of a server, made from all values
``dependent``         settings that have no effect without others
``reloading``         reads all values again while a server runs
``rendering``         settings as text: values with their sources, a file with comments
"""
