{{- define "assistant.labels" -}}
app.kubernetes.io/name: assistant-teletravail
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
