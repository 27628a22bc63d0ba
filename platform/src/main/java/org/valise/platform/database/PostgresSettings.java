package org.valise.platform.database;

/// What the embedded server is told: one small machine, many short transactions, as little memory
/// as does not hurt.
final class PostgresSettings {
    private PostgresSettings() {}

    static String text(EmbeddedPostgresConfig config) {
        String common =
                """
                # Written by Valise at every start. Your own settings go into postgresql.conf beside this file, which is read last.
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                max_connections = %d
                superuser_reserved_connections = 0
                password_encryption = 'scram-sha-256'
                timezone = 'UTC'
                log_timezone = 'UTC'
                log_line_prefix = ''
                log_checkpoints = off
                shared_buffers = '%dMB'
                huge_pages = off
                io_method = 'sync'
                max_worker_processes = 0
                max_parallel_workers = 0
                max_parallel_workers_per_gather = 0
                max_logical_replication_workers = 0
                autovacuum_max_workers = 2
                autovacuum_worker_slots = 2
                maintenance_work_mem = '48MB'
                jit = off
                random_page_cost = 1.1
                # One server, backed up by export: nothing reads the log but its own recovery.
                wal_level = 'minimal'
                max_wal_senders = 0
                max_wal_size = '512MB'
                checkpoint_timeout = '15min'
                """
                        .formatted(config.maxConnections(), config.sharedBuffersMb());
        String safety =
                config.durable()
                        ? """
                        fsync = on
                        synchronous_commit = on
                        full_page_writes = on
                        """
                        : """
                        fsync = off
                        synchronous_commit = off
                        full_page_writes = off
                        """;
        return common + safety + "include_if_exists = 'postgresql.conf'\n";
    }
}
