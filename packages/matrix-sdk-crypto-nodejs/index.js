// matrix-bot-sdk imports this package at load time, even when its own encryption is off.
// The real one is native and downloads a binary when installed; our encryption is src/encryption.
// Enums are read at load time, so they exist; anything that would do cryptography refuses loudly.

const refuse = (name) =>
  class {
    constructor() {
      throw new Error(
        `${name}: matrix-bot-sdk's own encryption is not part of this build; use src/encryption`,
      );
    }
    static initialize() {
      throw new Error(
        `${name}: matrix-bot-sdk's own encryption is not part of this build; use src/encryption`,
      );
    }
  };

module.exports = {
  StoreType: { Sled: 0, Sqlite: 1 },
  RequestType: {
    KeysUpload: 0,
    KeysQuery: 1,
    KeysClaim: 2,
    ToDevice: 3,
    SignatureUpload: 4,
    RoomMessage: 5,
    KeysBackup: 6,
  },
  OlmMachine: refuse('OlmMachine'),
  UserId: refuse('UserId'),
  DeviceId: refuse('DeviceId'),
  RoomId: refuse('RoomId'),
  DeviceLists: refuse('DeviceLists'),
  EncryptionSettings: refuse('EncryptionSettings'),
  Attachment: refuse('Attachment'),
  EncryptedAttachment: refuse('EncryptedAttachment'),
};
