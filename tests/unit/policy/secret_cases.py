"""Variables and commands: with a secret in plain text, and with what comes close to one."""

# Each has `hunter22` in it, or begins a private key.
SECRET_ENTRIES = (
    *("REDIS_URL=redis://:hunter22@db:6379/0", "DB_DSN=me:hunter22@tcp(db:3306)/x"),
    *("BASIC_AUTH=me:hunter22", "JWT=hunter22", "SECRETKEY=hunter22", "PASSWORDS=hunter22"),
    *("SECRET_ID=hunter22", "ADMIN_PW=hunter22", "db.password=hunter22", "DB_PWD=hunter22"),
    *("JAVA_OPTS=-Xmx1g -Dpassword=hunter22", 'CONFIG={"a": 1, "password": "hunter22"}'),
    *("DSN=host=db user=me password=hunter22", "ODBC=Server=db;Uid=me;Pwd=hunter22;"),
    *("ANYTHING=github_pat_hunter22hunter22", "HEADER=Authorization: Bearer hunter22"),
    *("X=eyJhbGciOiJIUzI1NiJ9.eyJodW50ZXIyMiI6MX0.hunter22", "PROXY=http://me:hunter22@proxy"),
)
SECRET_WORDS = (
    ["redis-server", "--requirepass", "hunter22"],
    ["serve", "--password=hunter22"],
    ["serve", "--token", "hunter22", "--verbose"],
    ["java", "-Ddb.password=hunter22", "-jar", "x.jar"],
    ["serve", "--api-key", "hunter22"],
    ["redis-cli", "-h", "db", "-a", "hunter22", "ping"],
    ["curl", "-s", "-u", "me:hunter22", "http://x"],
    ["psql", "postgres://me:hunter22@db/x"],
    ["env", "DB_PASSWORD=hunter22", "serve"],
    ["sh", "-c", "serve --password 'hunter22 hunter22' --port 80"],
    ["curl", "-H", "Authorization: Bearer hunter22", "http://x"],
)
NO_SECRET_ENTRIES = (
    *("PATH=/usr/bin:/bin", "PWD=/srv", "OLDPWD=/", "TOKEN_FILE=/run/secrets/token"),
    *("PASSWORD_MIN_LENGTH=12", "PASSWORD_HASHER_ROUNDS_MAX=large", "TOKEN_TTL=30m"),
    *("TLS_KEY=/etc/tls/key.pem", "DB_PASSWORD=$DB", "DB_PASSWORD=<your password>"),
    *("URL=https://me@example.org/x", "URL=http://db:5432/x?a=b@c", "MAIL=mailto:me@example.org"),
    f"IMAGE=python:3.11@sha256:{'0' * 64}", f"DIGEST=sha256:{'ab' * 32}",
    *("REQUEST_ID=123e4567-e89b-12d3-a456-426614174000", "PACKAGE=npm:lodash@4.17.21"),
    *("COMPASS=north", "BYPASS=all", "JWT_ALG=HS256"),
    "OPTIONS=--bypass=all --password-file=/run/x",
    *("DATABASE=postgres://me:${PASSWORD}@db/x", "SECRET_ARN=arn:aws:secretsmanager:x:1:y"),
    *("TEXT=the password is asked for", "SPACE=token bucket", "BASIC_AUTH_ENABLED=maybe"),
)  # fmt: skip
NO_SECRET_WORDS = (
    ["serve", "--password-file", "/run/secrets/x"],
    ["serve", "--token", "$TOKEN"],
    ["serve", "--password", "--verbose"],
    ["serve", "--password=[secret]", "--token", "[unknown]"],
    ["serve", "--user", "1000:1000", "--bypass", "all", "--max-tokens", "500"],
    ["sh", "-c", 'test "$PASSWORD" = "$(cat /run/secrets/x)"'],
    ["git", "clone", "ssh://git@example.org/x"],
    ["redis-cli", "-h", "db", "ping"],
)
