/** Says in a few words why a file could not be written. */

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of its path is a file, not a folder",
  EEXIST: "a file stands where a folder is needed",
  EISDIR: "a folder of this name is in the way",
  ENOTEMPTY: "a folder of this name is in the way",
  ENAMETOOLONG: "its name is too long",
  EBUSY: "another program uses it",
};

export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined ? reasons[code] : undefined) ?? message;
}
