/** A proof as it arrived, and the challenge that was sent for it. */
interface RecordedProof {
  readonly challenge: string;
  readonly proof: string;
}

/** The proofs of one session that a browser bound to a software key, and that is gone. */
interface RecordedProofs {
  readonly browser: string;
  /** The public key, as a record keeps it. */
  readonly key: string;
  readonly registration: RecordedProof;
  readonly refresh: RecordedProof;
}

/** Written by `pnpm --filter @coatcheck/bound-browser record-proofs`. */
export const CHROMIUM_PROOFS: RecordedProofs = {
  browser: 'Chrome/156.0.8078.108',
  key: 'ES256.uo_U4VpQSoHey3gnHyzI944v2a6UzVkc5qiNOQyUW0o.eM8lsheu19lHJVm8CHIZ9pKfRPnoENQc4DWn9FxOp-k',
  registration: {
    challenge: 'FXnvR-ULkBaYCM4Luv-7Yw.AI-PV-uNNSbw5EYi7U-sKw',
    proof:
      'eyJhbGciOiJFUzI1NiIsImp3ayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6InVvX1U0VnBRU29IZXkzZ25IeXpJOTQ0djJhNlV6VmtjNXFpTk9ReVVXMG8iLCJ5IjoiZU04bHNoZXUxOWxISlZtOENISVo5cEtmUlBub0VOUWM0RFduOUZ4T3AtayJ9LCJ0eXAiOiJkYnNjK2p3dCJ9.eyJqdGkiOiJGWG52Ui1VTGtCYVlDTTRMdXYtN1l3LkFJLVBWLXVOTlNidzVFWWk3VS1zS3cifQ.5F5QjSiggpz0oRAWuc-KYpYXdQwKD4vtR42C3RMD0ldqNZa_d3atktHgbKwf7fpQt8MDedZYkgkPaskjcbq1yw',
  },
  refresh: {
    challenge: 'FXnvR-ULkBaYCM4Luv-7Yw.Zre5fCtz-5Yniv72_-_vlw',
    proof:
      'eyJhbGciOiJFUzI1NiIsInR5cCI6ImRic2Mrand0In0.eyJqdGkiOiJGWG52Ui1VTGtCYVlDTTRMdXYtN1l3LlpyZTVmQ3R6LTVZbml2NzJfLV92bHcifQ.w7xq-vfJd3difwIiSH3dC7gUUpihSxCVsOSj1LVbFIMavM49_EWmi2YdCtKCSTBJ1aIPLK7XNI7LyzzsFL62Yw',
  },
};
