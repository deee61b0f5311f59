// The names that matrix-bot-sdk's declarations mention; nothing here is usable.
export declare enum StoreType {
  Sled = 0,
  Sqlite = 1,
}
export declare class OlmMachine {}
export declare class UserId {}
export declare class DeviceId {}
export declare class RoomId {}
export declare class DeviceLists {}
export declare class EncryptionSettings {}
export declare class Attachment {}
export declare class EncryptedAttachment {}
export declare class KeysUploadRequest {}
export declare class KeysQueryRequest {}
export declare class KeysClaimRequest {}
export declare class ToDeviceRequest {}
export declare class SignatureUploadRequest {}
export declare class RoomMessageRequest {}
export declare class KeysBackupRequest {}
export declare class Signatures {}
