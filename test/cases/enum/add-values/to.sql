CREATE TYPE mood AS ENUM ('furious', 'sad', 'ok', 'happy', 'delighted');
