-- What devices keep on the server for end-to-end encryption. Owner: module devices.
CREATE SCHEMA devices;
