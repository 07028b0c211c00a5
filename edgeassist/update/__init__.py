"""Updates without a network: signed bundles, installed beside the version that runs.

A root folder (/opt/edgeassist) holds everything::

    current -> versions/0.2.0     what is started: current/bin/edgeassist
    previous -> versions/0.1.0    where `rollback` goes
    versions/<version>/           a whole environment each
    keys/<name>.pub               whose signatures count
    guard                         looks before every start whether a new version stays up
    trial, starts                 the new version is on trial: how often it was started
"""
